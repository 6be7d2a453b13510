"""A sandbox for a test suite: a receiver with a clock to move and failures to order.

With pytest there is nothing to import: the fixtures `visitjoin_sandbox` and
`visitjoin_shared_sandbox` are there when the package is installed. Elsewhere:

    from visitjoin.testing import run_sandbox

    with run_sandbox() as sandbox:
        my_client.upload(sandbox.address, sandbox.token, sandbox.counter, ...)
"""

from visitjoin.contract.extension import OutcomeRow
from visitjoin.contract.sandbox import Failing, SeededVisit
from visitjoin.testing.greeting import run_sandbox
from visitjoin.testing.sandbox import Sandbox

__all__ = ["Failing", "OutcomeRow", "Sandbox", "SeededVisit", "run_sandbox"]
