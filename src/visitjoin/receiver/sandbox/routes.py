"""The calls that only a sandbox has. Each answers how it stands afterwards."""

from datetime import timedelta
from typing import Protocol, TypeAlias

from litestar import Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from visitjoin.contract.sandbox import (
    FURTHEST,
    ClockBody,
    Failure,
    FailureBody,
    SandboxAnswer,
    SandboxState,
    fault_of_failure,
)
from visitjoin.contract.texts import is_text
from visitjoin.receiver.door.auth import need_token
from visitjoin.receiver.openapi import NEEDS_TOKEN
from visitjoin.receiver.refusals import OF_JSON, invalid
from visitjoin.receiver.routes.declared import OF_ALL, OF_BODY
from visitjoin.receiver.sandbox.clock import TooFar
from visitjoin.receiver.sandbox.orders import OWN_CALLS


class Sandboxed(Protocol):
    """What the calls ask of the sandbox that they belong to."""

    @property
    def state(self) -> SandboxState:
        """How it stands now."""

    def move_clock(self, by: timedelta) -> None:
        """Move the clock ahead. Raises TooFar."""

    def fail(self, failure: Failure) -> None:
        """Order a failure."""

    def recover(self) -> None:
        """Clear all failures."""

    async def reset(self) -> None:
        """Begin anew."""


GivenSandbox: TypeAlias = NamedDependency[SkipValidation[Sandboxed]]


def sandbox_calls() -> Router:
    """All of them."""
    return Router(
        OWN_CALLS,
        guards=[need_token],
        security=NEEDS_TOKEN,
        route_handlers=[get_sandbox, move_clock, order_failure, clear_failures, reset],
    )


@get("/", responses=OF_ALL, sync_to_thread=False)
def get_sandbox(sandbox: GivenSandbox) -> SandboxAnswer:
    """What its clock says, what it began with, and which failures are ordered."""
    return SandboxAnswer(sandbox.state)


@post(
    "/clock", responses=OF_BODY, exception_handlers=OF_JSON, status_code=200, sync_to_thread=False
)
def move_clock(data: JSONBody[ClockBody], sandbox: GivenSandbox) -> SandboxAnswer:
    """Move the clock ahead by so many seconds, and look at once what has become due."""
    if data.clock.seconds < 1:
        raise invalid(
            "The clock goes ahead only, by a second or more. A reset sets it back.",
            location="clock.seconds",
        )
    try:
        sandbox.move_clock(timedelta(seconds=min(data.clock.seconds, _MORE_THAN_TAKEN)))
    except TooFar as error:
        raise invalid(
            f"The clock is moved by {FURTHEST.days} days in all at the most. A reset sets it back.",
            location="clock.seconds",
        ) from error
    return SandboxAnswer(sandbox.state)


@post(
    "/failures",
    responses=OF_BODY,
    exception_handlers=OF_JSON,
    status_code=200,
    sync_to_thread=False,
)
def order_failure(data: JSONBody[FailureBody], sandbox: GivenSandbox) -> SandboxAnswer:
    """Order a failure. The calls of the sandbox itself never fail."""
    if not is_text(data.failure.call):
        raise invalid("The pattern of the call has a control character.", location="failure.call")
    if fault := fault_of_failure(data.failure):
        raise invalid(fault, location="failure")
    sandbox.fail(data.failure)
    return SandboxAnswer(sandbox.state)


@delete("/failures", responses=OF_ALL, status_code=200, sync_to_thread=False)
def clear_failures(sandbox: GivenSandbox) -> SandboxAnswer:
    """Clear all failures: requests pass, and uploadings that were stuck go on."""
    sandbox.recover()
    return SandboxAnswer(sandbox.state)


@post("/reset", responses=OF_ALL, status_code=200)
async def reset(sandbox: GivenSandbox) -> SandboxAnswer:
    """Begin anew: the first counter, goals and visits, no failures, and the real time."""
    await sandbox.reset()
    return SandboxAnswer(sandbox.state)


_MORE_THAN_TAKEN = int(FURTHEST.total_seconds()) + 1
"""Seconds: a larger number is refused like this one, and never becomes a duration."""
