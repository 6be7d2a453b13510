"""What became of an export: rows and money that add up, every reason, every row.

In the export = rejected + duplicate + too old + uploaded. Uploaded = linked + not linked, by
reason, where the server says so by row; Metrica says it only in numbers.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from pathlib import Path

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
    DUPLICATE = "duplicate"
    TOO_OLD = "too_old"
    UPLOADED = "uploaded"
    REJECTED_AT_UPLOAD = "rejected_at_upload"
    DUPLICATE_AT_UPLOAD = "duplicate_at_upload"
    GOAL_NOT_FOUND = Outcome.GOAL_NOT_FOUND.value
    VISITOR_NOT_FOUND = Outcome.VISITOR_NOT_FOUND.value
    NO_VISIT_IN_WINDOW = Outcome.NO_VISIT_IN_WINDOW.value
    BEFORE_FIRST_VISIT = Outcome.BEFORE_FIRST_VISIT.value
    LINKED = Outcome.LINKED.value

    @property
    def was_uploaded(self) -> bool:
        """Whether a row with this fate left this machine."""
        return self not in (Fate.REJECTED, Fate.DUPLICATE, Fate.TOO_OLD)


_NOT_LINKED = frozenset(Fate(outcome.value) for outcome in NOT_LINKED)


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
    batch: str | None
    """Id of the batch in the comment of the uploading; None where nothing was uploaded."""
    uploading: Uploading | None
    in_export: Sum
    fates: dict[Fate, Sum]
    """By fate; they add up to `in_export`."""
    money_not_readable: int
    """Rejected rows whose price or currency could not be read: their money is in no sum."""
    unknown_currency: int
    """Rows whose currency is not known: they count, their money does not."""
    reasons: tuple[ReasonCount, ...]
    remarks: tuple[str, ...]
    """What to mend, in sentences."""
    by_source: tuple[SourceRevenue, ...]
    rows: tuple[Row, ...] = ()
    """Every row of the source, where that was wished."""
    warnings: tuple[str, ...] = ()
    """What was assumed to read the source: a detected encoding, a separator, a sheet."""

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
        """Whether every row is linked, or at least uploaded where the server says no more."""
        good = {Fate.LINKED, Fate.UPLOADED}
        unlinked = self.uploading.line_quantity if self.uploading else 0
        linked = self.uploading.linked_quantity if self.uploading else 0
        in_numbers = linked is None or linked == unlinked
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
