"""What became of an export: rows and money that add up, every reason, every row.

In the export = rejected + left out + duplicate + known + changed + too old + uploaded. Uploaded =
linked + not linked, by reason, where the server says so by row; Metrica says it only in numbers.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow.parquet as pq
from msgspec import Struct

from visitjoin.contract.outcomes import NOT_LINKED, Outcome
from visitjoin.contract.reasons import Reason
from visitjoin.contract.uploads import Uploading
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
        """Whether a row with this fate left this machine."""
        return self not in KEPT_BACK


KEPT_BACK: Final = (
    Fate.REJECTED,
    Fate.LEFT_OUT,
    Fate.DUPLICATE,
    Fate.KNOWN,
    Fate.CHANGED,
    Fate.TOO_OLD,
)
"""The fates of rows that did not leave, in the order of the report."""

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
    """1 for the first row under the header."""
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

    @property
    def uploaded(self) -> Sum:
        """All that left this machine."""
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


def reasons_of(workspace: Workspace) -> tuple[ReasonCount, ...]:
    """The rejected rows by reason, the most frequent first, with examples."""
    found = groupby(workspace.rows("rejects_by_reason.sql"), key=itemgetter(0, 1))
    return tuple(
        ReasonCount(
            Reason(reason),
            rows,
            Reason(reason).sentence,
            tuple(Example(*place) for _, _, *place in places),
        )
        for (reason, rows), places in found
    )


def rows_of(fates: Path, first_line: int | None) -> Iterator[Row]:
    """Every row of the source and its fate, in order.

    fates: the answer of fates.sql. first_line: the line of row 1, where each row is one line.
    """
    for batch in pq.ParquetFile(fates).iter_batches(batch_size=10_000):
        for row in batch.to_pylist():
            if row["line"] is None and first_line is not None:
                row["line"] = row["row_no"] + first_line - 1
            yield Row(**row | {"fate": Fate(row["fate"])})


def write_fates(fates: Path, path: Path, first_line: int | None) -> None:
    """Write every row of the source and its fate as a CSV. fates, first_line: as in `rows_of`."""
    rows = pl.scan_parquet(fates, glob=False)
    if first_line is not None:
        rows = rows.with_columns(line=pl.coalesce("line", pl.col("row_no") + (first_line - 1)))
    rows.sink_csv(path)


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
