"""Which failures are ordered, and which of them happens to a request?"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import translate
from threading import Lock
from typing import Final

from msgspec.structs import replace

from visitjoin.contract.sandbox import Failing, Failure
from visitjoin.contract.uploads import UploadStatus
from visitjoin.receiver.door.front_door import own_path
from visitjoin.receiver.sandbox.faults import (
    ANSWER_OF_NOTHING,
    CUT_IN_THE_ANSWER,
    HALF_AN_ANSWER,
    PASS,
    Fault,
    Moment,
    Order,
    cut,
    held,
    lost,
    refused,
    stall,
)

OWN_CALLS: Final = "/visitjoin/v1/sandbox"
"""The calls by which failures are ordered and cleared, so they never fail themselves."""


@dataclass
class Orders:
    """The failures of one sandbox. Any thread may ask and order."""

    _standing: list[Failure] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def order(self, failure: Failure) -> None:
        """Let something fail from now on."""
        with self._lock:
            self._standing.append(failure)

    def clear(self) -> None:
        """Forget all failures: everything passes, and nothing is stuck when next looked at."""
        with self._lock:
            self._standing.clear()

    @property
    def standing(self) -> tuple[Failure, ...]:
        """Those that are ordered and not over, with the times that are left."""
        with self._lock:
            return tuple(self._standing)

    def stays(self, status: UploadStatus) -> bool:
        """Whether uploadings are stuck in a status."""
        return any(
            failure.what is Failing.STUCK and (failure.at or UploadStatus.UPLOADED) is status
            for failure in self.standing
        )

    def take(self, request: str, query: str) -> Order:  # noqa: ARG002 - part of `front.Script`
        """What becomes of a request, `METHOD path`, that has just come."""
        method, _, path = request.partition(" ")
        path = own_path(path)
        if path.startswith(OWN_CALLS):
            return PASS
        with self._lock:
            for place, failure in enumerate(self._standing):
                if failure.what is not Failing.STUCK and _fits(failure, f"{method} {path}"):
                    self._count(place, failure)
                    return _FAULTS[failure.what](failure)
        return PASS

    def _count(self, place: int, failure: Failure) -> None:
        if failure.times == 1:
            del self._standing[place]
        elif failure.times is not None:
            self._standing[place] = replace(failure, times=failure.times - 1)

    def tell_of_stall(self, request: str) -> None:
        """Nobody here waits for it."""

    def before_release(self) -> None:
        """What is held is passed on as soon as its client has gone."""

    def after_release(self) -> None:
        """Nobody here waits for it."""


def _fits(failure: Failure, request: str) -> bool:
    return re.fullmatch(translate(failure.call), request) is not None


def _another_status(failure: Failure) -> Fault:
    wait = None if failure.retry_after is None else str(failure.retry_after)
    answers = lost if failure.taken else refused
    return answers(failure.status or 500, retry_after=wait)


_FAULTS: Final[dict[Failing, Callable[[Failure], Fault]]] = {
    Failing.STATUS: _another_status,
    Failing.CUT_BEFORE_BODY: lambda _: cut(Moment.BEFORE_BODY),
    Failing.CUT_IN_BODY: lambda _: cut(Moment.IN_BODY),
    Failing.CUT_AFTER_BODY: lambda _: cut(Moment.TAKEN),
    Failing.CUT_IN_ANSWER: lambda _: CUT_IN_THE_ANSWER,
    Failing.HALF_JSON: lambda _: HALF_AN_ANSWER,
    Failing.EMPTY: lambda _: ANSWER_OF_NOTHING,
    Failing.SILENCE: lambda _: stall(Moment.TAKEN),
    Failing.LATE: lambda _: held(),
}
