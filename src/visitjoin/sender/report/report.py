"""What became of an export: rows and money that add up, every reason, every row.

In the export = rejected + left out + duplicate + known + changed + too old + refused + uploaded.
Uploaded = linked + not linked, by reason, where the server says so by row; Metrica says it only in
numbers.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Final

from msgspec import Struct

from visitjoin.contract.outcomes import NOT_LINKED, Outcome
from visitjoin.contract.reasons import Reason
from visitjoin.contract.uploads import Uploading
from visitjoin.prepare import Piece
from visitjoin.sender.report.refusals import RefusedBatch
from visitjoin.sender.tables.workspace import Workspace


class Fate(StrEnum):
    """Where a row of the source ended. An uploaded row has its outcome, if the server says it."""

    REJECTED = "rejected"
    LEFT_OUT = "left_out"
    """By the filter or the stages of the mapping."""
    DUPLICATE = "duplicate"
    KNOWN = "known"
    """Sent before, and the same."""
    CHANGED = "changed"
    """Sent before with another price, and not sent again."""
    TOO_OLD = "too_old"
    REFUSED = "refused"
    """In a file that the server refused as a whole. It counts as not sent."""
    UPLOADED = "uploaded"
    REJECTED_AT_UPLOAD = "rejected_at_upload"
    DUPLICATE_AT_UPLOAD = "duplicate_at_upload"
    GOAL_NOT_FOUND = Outcome.GOAL_NOT_FOUND.value
    VISITOR_NOT_FOUND = Outcome.VISITOR_NOT_FOUND.value
    NO_VISIT_IN_WINDOW = Outcome.NO_VISIT_IN_WINDOW.value
    BEFORE_FIRST_VISIT = Outcome.BEFORE_FIRST_VISIT.value
    STATIC_CALL = Outcome.STATIC_CALL.value
    LINKED = Outcome.LINKED.value

    @property
    def was_uploaded(self) -> bool:
        """Whether the server took a row with this fate."""
        return self not in KEPT_BACK


KEPT_BACK: Final = (
    Fate.REJECTED,
    Fate.LEFT_OUT,
    Fate.DUPLICATE,
    Fate.KNOWN,
    Fate.CHANGED,
    Fate.TOO_OLD,
    Fate.REFUSED,
)
"""The fates of rows that were not uploaded, in the order of the report."""

_NOT_LINKED: Final = frozenset(Fate(outcome.value) for outcome in NOT_LINKED)


class Sum(Struct, frozen=True):
    """Rows, and their money by currency; `""` is money without a currency."""

    rows: int
    money: dict[str, Decimal]


class Example(Struct, frozen=True):
    """A rejected row: where it is and what stood there."""

    line: int
    column: str | None
    value: str | None
    file: str | None = None
    """Where the source has several."""


class ReasonCount(Struct, frozen=True):
    """How many rows were rejected for a reason, and some of them."""

    reason: Reason
    rows: int
    sentence: str
    examples: tuple[Example, ...]


class SourceRevenue(Struct, frozen=True):
    """What a traffic source brought."""

    traffic_source: str
    conversions: int
    revenue: dict[str, Decimal]


class Preflight(Struct, frozen=True, kw_only=True):
    """What a run would do."""

    batches: int
    bytes: int
    """Of their files, about."""
    seconds: float | None
    """Until they are answered, at the rate of the newest uploads; None where there was none yet."""
    requests_left: int | None = None
    """That the API takes today; None where it counts none."""
    joined_from: datetime
    """The earliest start of a visit that can be joined; aware, UTC."""
    visits: int | None
    """Visits from which the outcomes were predicted; None where they were not."""
    waiting: int = 0
    """Rows that an earlier run recorded and that are not known to have arrived. A run brings them
    first, and so the rows of this table that are among them are `known`."""


class Repriced(Struct, frozen=True):
    """Conversions that were sent before and left again with another price, in one currency."""

    currency: str
    rows: int
    before: Decimal
    now: Decimal


class Resent(Struct, frozen=True, kw_only=True):
    """What became of the rows whose visitors had not been found."""

    uploadings: tuple[Uploading, ...]
    """Of what was sent again, as they stand."""
    rows: int
    """Sent again."""
    given_up: int
    """Rows for which the window has closed: they will not link any more."""
    not_due: int
    """Batches that were tried a short while ago and are left alone for now."""
    refused: tuple[RefusedBatch, ...] = ()
    """Files of rows that were to be sent again; another run tries once more."""

    @property
    def linked(self) -> int:
        """Rows that have found their visit now."""
        return sum(one.linked_quantity or 0 for one in self.uploadings)


class TargetSums(Struct, frozen=True):
    """What became of the rows of a Target."""

    target: str
    """`""` for rows that were rejected before they had one."""
    fates: dict[Fate, Sum]


class DaySums(Struct, frozen=True):
    """What happened on a day."""

    day: date
    """Of the conversion, in the zone of the report."""
    uploaded: Sum
    """Or, before an upload, what would be."""
    linked: Sum
    """Part of `uploaded`; nothing where the server does not say so by row."""


class Row(Struct, frozen=True, kw_only=True):
    """A row of the source and its fate."""

    row_no: int
    """1 for the first row under the header; over all files of the source."""
    file: str | None = None
    """Where the source has several."""
    line: int | None
    fate: Fate
    reason: str | None
    column: str | None
    value: str | None
    target: str | None
    happened_at: int | None
    """Unix seconds, UTC."""
    price: Decimal | None
    currency: str | None
    visit_id: str | None
    linked_by: str | None
    traffic_source: str | None
    remark: str | None


class Report(Struct, frozen=True, kw_only=True):
    """The whole of a run."""

    source: str
    counter: int
    uploadings: tuple[Uploading, ...] = ()
    """Of this run, as they stand; the comment of each has the id of its batch."""
    earlier: tuple[Uploading, ...] = ()
    """Of earlier runs, that were still on their way when this one began."""
    refused: tuple[RefusedBatch, ...] = ()
    """Batches, also of earlier runs, of whose files the server said that they are wrong."""
    resent: Resent | None = None
    """What was sent again of earlier runs, where that was wished."""
    preflight: Preflight | None = None
    """Of a dry run; nothing of it has left. Its outcomes, if any, are predicted."""
    in_export: Sum
    fates: dict[Fate, Sum]
    """By fate; they add up to `in_export`."""
    repriced: tuple[Repriced, ...] = ()
    money_not_readable: int
    """Rejected rows whose price or currency could not be read: their money is in no sum."""
    unknown_currency: int
    """Rows whose currency is not known: they count, their money does not."""
    reasons: tuple[ReasonCount, ...]
    remarks: tuple[str, ...]
    """What to mend, in sentences."""
    by_source: tuple[SourceRevenue, ...]
    by_target: tuple[TargetSums, ...] = ()
    """They add up to `in_export`."""
    by_day: tuple[DaySums, ...] = ()
    """In order; a day without a conversion is not among them."""
    zone: str | None = None
    """Whose days those of `by_day` are."""
    rows: tuple[Row, ...] = ()
    """Every row of the source, where that was wished."""
    warnings: tuple[str, ...] = ()
    """What was assumed to read the source: a detected encoding, a separator, a sheet."""

    @property
    def uploaded(self) -> Sum:
        """All that the server took, or, before an upload, would be sent."""
        return add(self.fates[fate] for fate in self.fates if fate.was_uploaded)

    @property
    def not_linked(self) -> Sum:
        """What was uploaded, reached the server's checks, and has no visit."""
        return add(self.fates[fate] for fate in self.fates if fate in _NOT_LINKED)

    @property
    def is_spotless(self) -> bool:
        """Whether every row is linked, or at least uploaded where the server says no more.

        Rows that were sent before, or that the mapping leaves out, are no fault.
        """
        good = {Fate.LINKED, Fate.UPLOADED, Fate.KNOWN, Fate.LEFT_OUT}
        in_numbers = all(
            one.linked_quantity is None or one.linked_quantity == one.line_quantity
            for one in self.uploadings
        )
        return set(self.fates) <= good and in_numbers


def add(sums: Iterable[Sum]) -> Sum:
    """Add up rows and money."""
    rows, money = 0, dict[str, Decimal]()
    for one in sums:
        rows += one.rows
        for currency, amount in one.money.items():
            money[currency] = money.get(currency, Decimal(0)) + amount
    return Sum(rows, money)


def fates_of(workspace: Workspace) -> dict[Fate, Sum]:
    """Rows and money by fate, in the order of `Fate`."""
    sums = _sums(workspace, "sums_by_fate.sql")
    return {fate: sums[fate] for fate in Fate if fate in sums}


def revenue_of(workspace: Workspace) -> tuple[SourceRevenue, ...]:
    """What each traffic source brought, the most conversions first."""
    sums = _sums(workspace, "sums_by_source.sql")
    ordered = sorted(sums.items(), key=lambda item: (-item[1].rows, item[0]))
    return tuple(SourceRevenue(source, total.rows, total.money) for source, total in ordered)


def repriced_of(workspace: Workspace) -> tuple[Repriced, ...]:
    """What left again with another price, by currency."""
    return tuple(Repriced(*row) for row in workspace.rows("repriced.sql"))


def file_of(row_no: int, pieces: Sequence[Piece]) -> str | None:
    """Which of several files a row is of; None where there is one."""
    if len(pieces) <= 1:
        return None
    place = bisect_right(pieces, row_no, key=lambda piece: piece.first_row_no)
    return pieces[place - 1].name


def reasons_of(workspace: Workspace, pieces: Sequence[Piece] = ()) -> tuple[ReasonCount, ...]:
    """The rejected rows by reason, the most frequent first, with examples.

    pieces: of the source; where there are several, an example says which one it is of.
    """
    found = groupby(workspace.rows("rejects_by_reason.sql"), key=itemgetter(0, 1))
    return tuple(
        ReasonCount(
            Reason(reason),
            rows,
            Reason(reason).sentence,
            tuple(
                Example(line, column, value, file_of(row_no, pieces))
                for _, _, row_no, line, column, value in places
            ),
        )
        for (reason, rows), places in found
    )


def _sums(workspace: Workspace, query: str) -> dict[str, Sum]:
    """The answer of a query that returns name, currency, rows and money."""
    found = groupby(workspace.rows(query), key=itemgetter(0))
    return {
        name: add(
            Sum(rows, {} if money is None else {currency: money})
            for _, currency, rows, money in lines
        )
        for name, lines in found
    }
