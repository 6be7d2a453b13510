"""Where a run can die or be let down, and what must follow: the rows of the matrix.

The same rows, in the same words, stand in docs/explanation/exactly-once.md.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tests.e2e.patterns import COUNTER, OUTCOMES, STATUS, UPLOAD, UPLOADINGS
from visitjoin.receiver.sandbox.faults import (
    ANSWER_OF_NOTHING,
    CUT_IN_THE_ANSWER,
    HALF_AN_ANSWER,
    Act,
    Fault,
    Moment,
    cut,
    lost,
    refused,
    stall,
)
from visitjoin.sender.ledger.batches import State
from visitjoin.sender.run.telling import Step


class Deed(StrEnum):
    """What a run does about a batch, as the server sees it."""

    DIES = "dies"
    FAILS = "ends with an error"
    SENDS = "sends it"
    SENDS_AGAIN = "waits, and sends it again"
    FINDS = "looks for it and finds it"
    SENDS_UNFOUND = "looks for it in vain, and sends it"
    FOLLOWS = "asks what became of it"
    NOTHING = "sends nothing"


ENDS_EARLY: Final = frozenset({Deed.DIES, Deed.FAILS})


@dataclass(frozen=True, kw_only=True)
class Case:
    """A run that dies or is let down, with one batch, and the run after it."""

    name: str
    dies_at: Step | None = None
    dies_reading: bool = False
    dies_at_stall: bool = False
    """Whether it is killed when the exchange stalls, instead of being let wait in vain."""
    faults: tuple[tuple[str, Fault], ...] = ()
    """A pattern of requests, and what goes wrong with the first of them."""
    for_good: tuple[tuple[str, Fault], ...] = ()
    """The same, with all of them."""
    this_run: Deed = Deed.DIES
    left: State | None
    """What the ledger then says of the batch; None where it does not know it."""
    next_run: Deed = Deed.NOTHING

    @property
    def stalls(self) -> bool:
        """Whether the sender waits for its time-out."""
        stalls = any(fault.does is Act.STALL for _, fault in self.faults)
        return stalls and not self.dies_at_stall


def _killed(name: str, at: Step, left: State | None, next_run: Deed) -> Case:
    return Case(name=f"killed {name}", dies_at=at, left=left, next_run=next_run)


def _killed_while_sending(name: str, at: Moment, next_run: Deed) -> Case:
    return Case(
        name=f"killed {name}",
        dies_at_stall=True,
        faults=((UPLOAD, stall(at)),),
        left=State.SENDING,
        next_run=next_run,
    )


def _upload_fails(name: str, fault: Fault, this_run: Deed) -> Case:
    return Case(name=name, faults=((UPLOAD, fault),), this_run=this_run, left=State.DONE)


def _server_goes(name: str, fault: Fault, next_run: Deed) -> Case:
    return Case(
        name=name,
        faults=((UPLOAD, fault),),
        for_good=((UPLOADINGS, refused(502)),),
        this_run=Deed.FAILS,
        left=State.SENDING,
        next_run=next_run,
    )


_DEATHS: Final = (
    _killed("after planning", Step.PLANNED, None, Deed.SENDS),
    _killed("after writing the batch", Step.WRITTEN, None, Deed.SENDS),
    _killed("after recording the batch", Step.RECORDED, State.READY, Deed.SENDS),
    _killed("before the request", Step.UPLOADING, State.SENDING, Deed.SENDS_UNFOUND),
    Case(
        name="killed reading the body",
        dies_reading=True,
        left=State.SENDING,
        next_run=Deed.SENDS_UNFOUND,
    ),
    _killed_while_sending("before the body", Moment.BEFORE_BODY, Deed.SENDS_UNFOUND),
    _killed_while_sending("in the middle of the body", Moment.IN_BODY, Deed.SENDS_UNFOUND),
    _killed_while_sending("before the end of the body", Moment.BEFORE_END, Deed.SENDS_UNFOUND),
    _killed_while_sending("before the answer came", Moment.TAKEN, Deed.FINDS),
    _killed("after the answer came", Step.ANSWERED, State.SENDING, Deed.FINDS),
    _killed("after the ledger knew it", Step.ACCEPTED, State.ACCEPTED, Deed.FOLLOWS),
    _killed("while tracking", Step.TRACKING, State.ACCEPTED, Deed.FOLLOWS),
    _killed("after the last status", Step.CONCLUDED, State.DONE, Deed.NOTHING),
    _killed("before the report", Step.REPORTING, State.DONE, Deed.NOTHING),
)

_LET_DOWN: Final = (
    *(
        _upload_fails(
            f"answered {status} instead of taking it", refused(status), Deed.SENDS_UNFOUND
        )
        for status in (500, 502, 503, 504)
    ),
    _upload_fails("answered 429 instead of taking it", refused(429), Deed.SENDS_AGAIN),
    _upload_fails(
        "answered 429 and a Retry-After instead of taking it",
        refused(429, retry_after="1"),
        Deed.SENDS_AGAIN,
    ),
    *(
        _upload_fails(f"answered {status} after taking it", lost(status), Deed.FINDS)
        for status in (500, 502, 503, 504)
    ),
    _upload_fails("cut before the body", cut(Moment.BEFORE_BODY), Deed.SENDS_UNFOUND),
    _upload_fails("cut in the middle of the body", cut(Moment.IN_BODY), Deed.SENDS_UNFOUND),
    _upload_fails("cut before the end of the body", cut(Moment.BEFORE_END), Deed.SENDS_UNFOUND),
    _upload_fails("cut before the answer", cut(Moment.TAKEN), Deed.FINDS),
    _upload_fails("cut in the middle of the answer", CUT_IN_THE_ANSWER, Deed.FINDS),
    _upload_fails("answered half a JSON", HALF_AN_ANSWER, Deed.FINDS),
    _upload_fails("answered 200 and nothing else", ANSWER_OF_NOTHING, Deed.FINDS),
    _upload_fails("silent before the body", stall(Moment.BEFORE_BODY), Deed.SENDS_UNFOUND),
    _upload_fails("silent after taking it", stall(Moment.TAKEN), Deed.FINDS),
)

_OTHER_REQUESTS: Final = (
    Case(
        name="lost answer, and the list fails once",
        faults=((UPLOAD, cut(Moment.TAKEN)), (UPLOADINGS, refused(503))),
        this_run=Deed.FINDS,
        left=State.DONE,
    ),
    Case(
        name="lost answer, and half a list",
        faults=((UPLOAD, cut(Moment.TAKEN)), (UPLOADINGS, HALF_AN_ANSWER)),
        this_run=Deed.FINDS,
        left=State.DONE,
    ),
    _server_goes("server gone before the body", cut(Moment.BEFORE_BODY), Deed.SENDS_UNFOUND),
    _server_goes("server gone in the middle of the body", cut(Moment.IN_BODY), Deed.SENDS_UNFOUND),
    _server_goes("server gone after taking it", cut(Moment.TAKEN), Deed.FINDS),
    Case(
        name="server gone while tracking",
        for_good=((STATUS, refused(503)),),
        this_run=Deed.FAILS,
        left=State.ACCEPTED,
        next_run=Deed.FOLLOWS,
    ),
    Case(
        name="server gone before the outcomes",
        for_good=((OUTCOMES, cut(Moment.BEFORE_BODY)),),
        this_run=Deed.FAILS,
        left=State.ACCEPTED,
        next_run=Deed.FOLLOWS,
    ),
    Case(
        name="half of the outcomes",
        faults=((OUTCOMES, HALF_AN_ANSWER),),
        this_run=Deed.SENDS,
        left=State.DONE,
    ),
    Case(
        name="server gone from the start",
        for_good=((COUNTER, refused(500)),),
        this_run=Deed.FAILS,
        left=None,
        next_run=Deed.SENDS,
    ),
)

CASES: Final = (*_DEATHS, *_LET_DOWN, *_OTHER_REQUESTS)

TOLD_ONCE: Final = (Step.PLANNED, Step.TRACKING, Step.REPORTING)
"""Steps of a run. All others are steps of a batch."""

ONE_OF_SEVERAL: Final = tuple(
    case
    for case in CASES
    if case.this_run in ENDS_EARLY and case.dies_at not in TOLD_ONCE and case.left is not None
)
"""Cases that can befall one batch while others are on their way."""

THREE_AT_ONCE: Final = tuple(_LET_DOWN[first : first + 3] for first in range(0, len(_LET_DOWN), 3))
"""Ways to be let down, three at a time: one for each batch."""
