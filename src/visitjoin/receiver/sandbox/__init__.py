"""A receiver to try an integration on: invented data, a clock to move, failures to order.

    serve -> front -> the receiver, as everywhere else
             |        + routes, which move the clock, order failures, begin anew
             +- orders: which request fails, and how

The receiver knows of it only that its clock is another and that it has a few calls more.
"""

from visitjoin.receiver.sandbox.sandbox import Sandbox
from visitjoin.receiver.sandbox.serve import Opened, serve_sandbox

__all__ = ["Opened", "Sandbox", "serve_sandbox"]
