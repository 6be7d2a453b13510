"""What can go wrong between a client and a receiver: at which moment, and what is done there.

before the body -> in the middle of it -> before its end -> the receiver has answered
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias


class Moment(StrEnum):
    """How far an exchange has come."""

    BEFORE_BODY = "before the body"
    IN_BODY = "in the middle of the body"
    BEFORE_END = "before the end of the body"
    TAKEN = "after the receiver answered"


class Act(StrEnum):
    """What is done without any answer."""

    CUT = "cut the connection"
    STALL = "stay silent until the client has gone"
    HOLD = "let the client go, and pass its request on afterwards"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Another answer than the receiver's."""

    status: int
    retry_after: str | None = None


@dataclass(frozen=True, kw_only=True)
class Spoil:
    """The receiver's own answer, but not the whole of it."""

    keep: Callable[[bytes], bytes]
    cut: bool = False
    """Whether its head still announces the whole, so that the connection breaks in the middle."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong in one exchange."""

    at: Moment
    does: Act | Answer | Spoil


Order: TypeAlias = Fault | None
"""What becomes of one exchange; None lets it pass."""

PASS: Final[Order] = None


def _half(answer: bytes) -> bytes:
    return answer[: len(answer) // 2]


HALF_AN_ANSWER: Final = Fault(Moment.TAKEN, Spoil(keep=_half))
CUT_IN_THE_ANSWER: Final = Fault(Moment.TAKEN, Spoil(keep=_half, cut=True))
ANSWER_OF_NOTHING: Final = Fault(Moment.TAKEN, Spoil(keep=lambda _: b""))


def cut(at: Moment) -> Fault:
    """The connection breaks."""
    return Fault(at, Act.CUT)


def stall(at: Moment) -> Fault:
    """Nobody says anything any more, until the client gives up."""
    return Fault(at, Act.STALL)


def held() -> Fault:
    """The whole request has come, and is passed on when its client has given up."""
    return Fault(Moment.BEFORE_END, Act.HOLD)


def refused(status: int, *, retry_after: str | None = None) -> Fault:
    """An answer that is given before the receiver sees anything."""
    return Fault(Moment.BEFORE_BODY, Answer(status=status, retry_after=retry_after))


def lost(status: int, *, retry_after: str | None = None) -> Fault:
    """The receiver took it, and the client is told that the server failed."""
    return Fault(Moment.TAKEN, Answer(status=status, retry_after=retry_after))
