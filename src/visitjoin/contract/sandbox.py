"""What a sandbox is told beyond the calls of a receiver, under `/visitjoin/v1/sandbox`.

A sandbox is a receiver with invented data, a clock that moves when it is told to, and failures that
happen when they are ordered. Metrica has none of this, and neither has a receiver that is no
sandbox.
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Final

from msgspec import Meta, Struct

from visitjoin.contract.uploads import UploadStatus

FURTHEST: Final = timedelta(days=3650)
"""How far a clock may be moved in all: enough for any expiry, and no date leaves the calendar."""

LONGEST_PATTERN: Final = 255
"""Characters of the pattern of a call."""

MOST_TIMES: Final = 1_000_000
LONGEST_RETRY: Final = 86_400
"""Seconds of a Retry-After: Metrica's longest quota is that of a day."""

ANY_CALL: Final = "*"


class Failing(StrEnum):
    """What goes wrong."""

    STATUS = "status"
    """Another status is answered: 429 or one from 500 to 599."""

    CUT_BEFORE_BODY = "cut-before-body"
    """The connection breaks when the head of the request has come."""

    CUT_IN_BODY = "cut-in-body"
    """It breaks in the middle of the request's body: the receiver saw half of it."""

    CUT_AFTER_BODY = "cut-after-body"
    """It breaks behind the body: the receiver took the request, and its answer never leaves."""

    CUT_IN_ANSWER = "cut-in-answer"
    """The receiver took the request; the connection breaks in the middle of its answer."""

    HALF_JSON = "half-json"
    """The receiver took the request; half of the answer comes, with every sign of success."""

    EMPTY = "empty"
    """The receiver took the request; an answer without a body comes, with every sign of success."""

    SILENCE = "silence"
    """The receiver took the request and says nothing until the client gives up."""

    LATE = "late"
    """Nothing is said until the client gives up; only then does the receiver take the request."""

    STUCK = "stuck"
    """Uploadings stay in a status, and go on from it when the failure is cleared."""


class Failure(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One failure as it is ordered. Of several that fit a request, the oldest happens.

    A field that nobody knows is refused: a `times` misspelt would mean for ever.
    """

    what: Failing
    call: Annotated[str, Meta(min_length=1, max_length=LONGEST_PATTERN)] = ANY_CALL
    """Which requests fail: `METHOD path` without the query, `*` standing for anything."""
    times: Annotated[int, Meta(ge=1, le=MOST_TIMES)] | None = None
    """How many of them; those that are left. None: all, until the failures are cleared."""
    status: int | None = None
    """What is answered, where `what` is `status`."""
    retry_after: Annotated[int, Meta(ge=0, le=LONGEST_RETRY)] | None = None
    """Seconds of the header Retry-After of that answer."""
    taken: bool = False
    """Whether the receiver takes the request nevertheless; it does not, unless said so."""
    at: UploadStatus | None = None
    """Where uploadings stay, where `what` is `stuck`; UPLOADED unless said otherwise."""


class FailureBody(Struct, frozen=True):
    """The body of a request that orders a failure."""

    failure: Failure


class ClockFields(Struct, frozen=True):
    """How the clock is moved."""

    seconds: int
    """By how many, 1 or more; it never goes back, except by a reset."""


class ClockBody(Struct, frozen=True):
    """The body of a request that moves the clock."""

    clock: ClockFields


class SeededVisit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A visit that the sandbox began with."""

    visit_id: str
    started_at: datetime
    client_id: str
    traffic_source: str
    user_id: str | None = None
    yclid: str | None = None
    purchase_id: str | None = None


class SandboxState(Struct, frozen=True, kw_only=True):
    """A sandbox as it stands now."""

    now: datetime
    """What its clock says, UTC."""
    counter: int
    """Id of the counter that it began with."""
    targets: tuple[str, ...]
    """Identifiers of that counter's goals, each reached by a Target."""
    visits: tuple[SeededVisit, ...]
    """The newest last."""
    failures: tuple[Failure, ...]
    """Ordered and not over, the oldest first."""
    side_door: str
    """Address of the same sandbox, on its own machine, at which no failure happens; `""` where
    there is none."""


class SandboxAnswer(Struct, frozen=True):
    """The answer of every call of a sandbox: how it stands now."""

    sandbox: SandboxState


def fault_of_failure(failure: Failure) -> str | None:
    """What is wrong with an order, as a sentence; None where nothing is."""
    for name, of, given in (
        ("status", Failing.STATUS, failure.status is not None),
        ("retry_after", Failing.STATUS, failure.retry_after is not None),
        ("taken", Failing.STATUS, failure.taken),
        ("at", Failing.STUCK, failure.at is not None),
    ):
        if given and failure.what is not of:
            told = "an answered status" if of is Failing.STATUS else f'"{of}"'
            return f'"{name}" goes with {told} alone, not with "{failure.what}".'
    match failure.what:
        case Failing.STATUS:
            return _fault_of_status(failure.status) or _fault_of_call(failure.call)
        case Failing.STUCK:
            return _fault_of_stuck(failure)
        case _:
            return _fault_of_call(failure.call)


def _fault_of_status(status: int | None) -> str | None:
    if status == HTTPStatus.TOO_MANY_REQUESTS or status in _SERVER_ERRORS:
        return None
    if status is None:
        return 'The failure "status" needs a "status": 429, or one from 500 to 599.'
    return f"{status} is no status of a failure. Order 429, or one from 500 to 599."


def _fault_of_call(call: str) -> str | None:
    """Such an order would stand for ever, and nobody would learn why nothing fails."""
    if "*" in call and " " not in call:
        return None
    method, space, path = call.partition(" ")
    if space and method == method.upper() and path.startswith(_BEGINNINGS_OF_PATHS):
        return None
    return (
        f'"{call}" fits no request. Write the method in capitals and the path, * for anything, '
        'such as "POST */upload".'
    )


def _fault_of_stuck(failure: Failure) -> str | None:
    if failure.at is not None and failure.at.is_last:
        return f"{failure.at.value} is a last status: every uploading stays in it anyway."
    if failure.call != ANY_CALL or failure.times is not None:
        return 'Uploadings are stuck until the failures are cleared: leave "call" and "times" out.'
    return None


_SERVER_ERRORS: Final = range(500, 600)
_BEGINNINGS_OF_PATHS: Final = ("/", "*", "?", "[")
"""A path's own, and what stands for it in a pattern."""

_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DURATION: Final = re.compile(r"\+?(\d{1,9})([smhd])")


def duration_of(text: str) -> timedelta | None:
    """A duration as people write it: 90s, 30m, 25h, 21d, with a plus before it or not.

    Returns None where it is none.
    """
    found = _DURATION.fullmatch(text.strip())
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]]) if found else None
