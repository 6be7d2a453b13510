"""What was to be corrected of what was sent, what can be, and what error stays."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Final

from msgspec import Struct

from visitjoin.contract.uploads import Uploading
from visitjoin.sender.report.refusals import RefusedBatch


class State(StrEnum):
    """What becomes of a row of a table of corrections."""

    REJECTED = "rejected"
    LEFT_OUT = "left_out"
    REPEATED = "repeated"
    """The same conversion stands in a later row."""
    NOT_SENT = "not_sent"
    WITHDRAWN_BEFORE = "withdrawn_before"
    AS_SENT = "as_sent"
    RETRACTED = "retracted"
    REPRICED = "repriced"
    SET_TO_ZERO = "set_to_zero"
    """Refunded, at a server that cannot withdraw a conversion: its price becomes 0."""
    MOVED = "moved"
    OUT_OF_REACH = "out_of_reach"
    NOT_KNOWN = "not_known"
    """The server has no such conversion, though the ledger says that it was sent."""
    REFUSED = "refused"
    """In a file that the server refused; the next run sends it again."""

    @property
    def sentence(self) -> str:
        """What it means, for a report."""
        return _SENTENCES[self]


_SENTENCES: Final = {
    State.REJECTED: "rejected: cannot be read (visitjoin prepare says why)",
    State.LEFT_OUT: "left out by the mapping",
    State.REPEATED: "the same conversion stands in a later row",
    State.NOT_SENT: "never sent: nothing to correct",
    State.WITHDRAWN_BEFORE: "withdrawn before",
    State.AS_SENT: "as it was sent",
    State.RETRACTED: "withdrawn",
    State.REPRICED: "a new price",
    State.SET_TO_ZERO: "refunded: the price becomes 0",
    State.MOVED: "cannot be corrected: identifiers, Target or moment are not those that were sent",
    State.OUT_OF_REACH: "cannot be corrected: older than the window",
    State.NOT_KNOWN: "cannot be corrected: the server does not know them",
    State.REFUSED: "not corrected yet: the server refused their file",
}

CHANGES: Final = (State.RETRACTED, State.REPRICED, State.SET_TO_ZERO)
STAYS: Final = (State.MOVED, State.OUT_OF_REACH, State.NOT_KNOWN, State.REFUSED)


class Change(Struct, frozen=True, kw_only=True):
    """Rows with one state and one currency, and their money as it was sent and as it will be."""

    state: State
    is_refund: bool
    currency: str
    """`""` for none."""
    rows: int
    before: Decimal
    now: Decimal


class Corrections(Struct, frozen=True, kw_only=True):
    """The plan of a correction, and whether it was done."""

    source: str
    rows: int
    """Of the table; those of `changes` add up to them."""
    changes: tuple[Change, ...]
    was_done: bool
    uploadings: tuple[Uploading, ...] = ()
    """Where new prices are sent as uploads."""
    refused: tuple[RefusedBatch, ...] = ()
    """Such files that the server refused, of this run and of earlier ones."""

    def rows_of(self, *states: State) -> int:
        """How many rows have one of some states."""
        return sum(change.rows for change in self.changes if change.state in states)

    @property
    def still_counted(self) -> int:
        """Refunded conversions that stay counted."""
        stay = (*STAYS, State.SET_TO_ZERO, State.AS_SENT)
        return sum(one.rows for one in self.changes if one.is_refund and one.state in stay)

    @property
    def net_error(self) -> dict[str, Decimal]:
        """Money of refunded conversions that stays counted, by currency."""
        error: dict[str, Decimal] = {}
        for change in self.changes:
            if change.is_refund and change.state in STAYS:
                error[change.currency] = error.get(change.currency, Decimal(0)) + change.before
        return error


def lines(corrections: Corrections) -> Iterator[tuple[str, int, str]]:
    """The plan as rows of a table: text, rows, and money as it was and as it will be."""
    yield f"in {corrections.source}", corrections.rows, ""
    for state in State:
        changes = [change for change in corrections.changes if change.state is state]
        if changes:
            money = ", ".join(_money(one) for one in changes if state in CHANGES + STAYS)
            yield f"  {state.sentence}", sum(change.rows for change in changes), money


def sentences(corrections: Corrections) -> Iterator[str]:
    """What stays wrong, and what to do now."""
    if corrections.still_counted:
        money = ", ".join(f"{value:,.2f} {name}" for name, value in corrections.net_error.items())
        yield (
            f"Net error that stays: {corrections.still_counted:,} refunded conversions are still "
            f"counted, with {money or 'no money'}."
        )
    if corrections.rows_of(State.SET_TO_ZERO):
        yield "Yandex.Metrica cannot withdraw a conversion; a newer price overwrites the older."
    if corrections.was_done:
        yield "Done, but for what was refused." if corrections.refused else "Done."
    elif corrections.rows_of(*CHANGES):
        yield "Nothing was changed yet. To do it: the same command with --apply."
    else:
        yield "There is nothing to correct."


def _money(change: Change) -> str:
    if change.state in STAYS:
        return f"{change.before:,.2f} {change.currency}".rstrip()
    return f"{change.before:,.2f} -> {change.now:,.2f} {change.currency}".rstrip()
