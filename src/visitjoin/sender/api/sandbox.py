"""The calls of a sandbox: its clock, its failures, its beginning. Nothing else has them."""

from datetime import timedelta
from http import HTTPStatus
from typing import TypeVar

import msgspec

from visitjoin.contract.errors import Refused, SettingError
from visitjoin.contract.sandbox import (
    ClockBody,
    ClockFields,
    Failure,
    FailureBody,
    SandboxAnswer,
    SandboxState,
    fault_of_failure,
)
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.methods import waiting
from visitjoin.sender.api.steps import Request, Steps, ask
from visitjoin.sender.api.transport import Endpoint

T = TypeVar("T")

_SANDBOX = "/visitjoin/v1/sandbox"


class SandboxCalls:
    """The calls of a sandbox, as descriptions. Each answers how it stands afterwards."""

    def state(self) -> Steps[SandboxState]:
        """What its clock says, what it began with, and which failures are ordered."""
        return _told("GET")

    def move_clock(self, by: timedelta) -> Steps[SandboxState]:
        """Move its clock ahead, by whole seconds. Raises SettingError where it would not move."""
        if by < timedelta(seconds=1):
            raise SettingError(
                f"A sandbox's clock goes ahead only, by a second or more, not by "
                f"{by.total_seconds():g} s. A reset sets it back."
            )
        body = ClockBody(ClockFields(seconds=int(by.total_seconds())))
        return _told("POST", "/clock", body)

    def fail(self, failure: Failure) -> Steps[SandboxState]:
        """Order a failure. Raises SettingError where it makes no sense."""
        if fault := fault_of_failure(failure):
            raise SettingError(fault)
        return _told("POST", "/failures", FailureBody(failure))

    def recover(self) -> Steps[SandboxState]:
        """Clear all failures; uploadings that were stuck go on."""
        return _told("DELETE", "/failures")

    def reset(self) -> Steps[SandboxState]:
        """Begin anew: the first data, no failures, the real time."""
        return _told("POST", "/reset")


def _told(method: str, path: str = "", body: object = None) -> Steps[SandboxState]:
    json = None if body is None else msgspec.to_builtins(body)
    request = Request(method=method, path=f"{_SANDBOX}{path}", json=json)
    try:
        return (yield from ask(request, SandboxAnswer)).sandbox
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        raise SettingError(
            "The server is no sandbox. Start one: visitjoin serve --sandbox"
        ) from error


def check_is_no_metrica(address: str) -> None:
    """Raises SettingError where an address is that of Metrica itself."""
    if Endpoint(address).is_yandex:
        raise SettingError(
            "Yandex.Metrica is no sandbox. Start one, visitjoin serve --sandbox, and name its "
            "address: --api, or the variable VISITJOIN_API."
        )


class Controls:
    """What a sandbox can be told, by a client of it."""

    def __init__(self, metrica: Metrica) -> None:
        """Talk to a sandbox. metrica: any client of it."""
        self.calls = SandboxCalls()
        self._metrica = metrica

    def run(self, steps: Steps[T]) -> T:
        """Do a piece of work with the client."""
        return self._metrica.run(steps)

    state = waiting(SandboxCalls.state)
    move_clock = waiting(SandboxCalls.move_clock)
    fail = waiting(SandboxCalls.fail)
    recover = waiting(SandboxCalls.recover)
    reset = waiting(SandboxCalls.reset)
