"""How does who started a sandbox learn that it answers, and where?"""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from _visitjoin_testing.process import Process, started
from visitjoin.contract.errors import VisitjoinError
from visitjoin.contract.sandbox import SandboxState
from visitjoin.testing.sandbox import Sandbox


class Greeting(msgspec.Struct, frozen=True, kw_only=True):
    """What the process says of itself, as one line of JSON, when it answers."""

    address: str
    token: str
    state: SandboxState


@contextmanager
def run_sandbox() -> Iterator[Sandbox]:
    """Run a sandbox of one's own on this machine while the context lasts, on a free port.

    Takes one to two seconds. Raises VisitjoinError where it does not start.
    """
    with started() as process, greeted(process) as sandbox:
        yield sandbox


@contextmanager
def greeted(begun: Process) -> Iterator[Sandbox]:
    """Talk to a sandbox while the context lasts, from when it answers.

    Raises VisitjoinError, with what it wrote to its log, where it does not start.
    """
    line = begun.process.stdout.readline() if begun.process.stdout is not None else b""
    if not line:
        begun.log.seek(0)
        raise VisitjoinError(f"The sandbox did not start:\n{begun.log.read().decode('utf-8')}")
    greeting = msgspec.json.decode(line, type=Greeting)
    sandbox = Sandbox(greeting.address, greeting.token, greeting.state)
    try:
        yield sandbox
    finally:
        sandbox.close()
