"""The fate of every row, however the source is cut, against what can be said of it row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.sender.report.every_row import rows_of
from visitjoin.sender.report.report import Fate
from visitjoin.sender.run.fates import find_fates
from visitjoin.sender.run.opening import write_parts
from visitjoin.sender.run.outcomes import write_no_outcomes
from visitjoin.sender.run.plan import Cut
from visitjoin.sender.tables.workspace import Workspace

KINDS = (IdentifierKind.CLIENT_ID, IdentifierKind.YCLID)
PRICE = Decimal("1.500000")


@dataclass(frozen=True)
class Planned:
    """A row of the source: rejected, held back, or one that leaves in a batch."""

    kind: IdentifierKind = KINDS[0]
    rejected: bool = False
    held_back: str | None = None
    outcome: str | None = None
    """What the server says of it; None where it says nothing."""

    @property
    def leaves(self) -> bool:
        return not self.rejected and self.held_back is None


OUTCOMES = {
    None: Fate.UPLOADED,
    "linked": Fate.LINKED,
    "rejected": Fate.REJECTED_AT_UPLOAD,
    "duplicate": Fate.DUPLICATE_AT_UPLOAD,
    "refused": Fate.REFUSED,
}
# Most leave: it is those that have to be found again.
LEAVING = st.builds(Planned, kind=st.sampled_from(KINDS), outcome=st.sampled_from(list(OUTCOMES)))
HELD_BACK = st.builds(Planned, held_back=st.sampled_from(["known", "duplicate", "too_old"]))
ROWS = st.one_of(LEAVING, LEAVING, LEAVING, HELD_BACK, st.just(Planned(rejected=True)))


def expected(row: Planned) -> Fate:
    if row.rejected:
        return Fate.REJECTED
    return OUTCOMES[row.outcome] if row.held_back is None else Fate(row.held_back)


@dataclass(frozen=True)
class Batch:
    """What is in one: a part of the source and, where a kind is named, of it only that kind."""

    kind: IdentifierKind | None
    first: int
    last: int

    def rows(self, source: Sequence[Planned]) -> list[tuple[int, Planned]]:
        """Its rows, each with its number in the source."""
        among = list(enumerate(source, start=1))[self.first - 1 : self.last]
        return [(no, row) for no, row in among if row.leaves and self.kind in (None, row.kind)]


def batches_of(source: Sequence[Planned], size: int, *, by_kind: bool) -> list[Batch]:
    kinds = KINDS if by_kind else (None,)
    starts = range(1, len(source) + 1, size)
    every = (Batch(kind, first, first + size - 1) for kind in kinds for first in starts)
    return [batch for batch in every if batch.rows(source)]


@settings(max_examples=40, deadline=None)
@given(
    source=st.lists(ROWS, min_size=1, max_size=12),
    size=st.sampled_from([1, 3, 12]),
    rows_at_once=st.sampled_from([1, 5, 100]),
    by_kind=st.booleans(),
)
def test_every_row_has_one_fate_however_the_source_is_cut(
    source: list[Planned], size: int, rows_at_once: int, *, by_kind: bool
) -> None:
    batches = batches_of(source, size, by_kind=by_kind)
    with TemporaryDirectory() as name, duckdb.connect() as engine:
        workspace = workspace_of(Path(name), engine, source, batches)
        find_fates(workspace, rows=len(source), by_row=True, rows_at_once=rows_at_once)
        rows = list(rows_of(workspace.parts("fates"), ()))
        assert [row.row_no for row in rows] == list(range(1, len(source) + 1))
        assert [row.fate for row in rows] == [expected(row) for row in source]
        # The server's answer has come to the row that it is about.
        assert [row.visit_id for row in rows] == [
            f"v{row_no}" if row.leaves and row.outcome else None
            for row_no, row in enumerate(source, start=1)
        ]
        by_row = workspace.rows("sums_by_fate.sql")
    with TemporaryDirectory() as name, duckdb.connect() as engine:
        workspace = workspace_of(Path(name), engine, source, batches)
        find_fates(workspace, rows=len(source), by_row=False, rows_at_once=rows_at_once)
        assert workspace.rows("sums_by_fate.sql") == by_row


def workspace_of(
    folder: Path,
    engine: duckdb.DuckDBPyConnection,
    source: Sequence[Planned],
    batches: Sequence[Batch],
) -> Workspace:
    """The tables of a run that has planned, sent and followed these batches."""
    workspace = Workspace(folder, engine=engine)
    numbered = list(enumerate(source, start=1))
    rejected = [(number,) for number, row in numbered if row.rejected]
    sound = [(number, row) for number, row in numbered if not row.rejected]
    held_back = [(number, row.held_back) for number, row in sound if row.held_back]
    leaving = [(number, row.kind.value) for number, row in sound if row.leaves]
    _frame(rejected, row_no=pl.Int64).with_columns(
        line=pl.lit(None, pl.Int64),
        reason=pl.lit("no_target"),
        column=pl.lit(None, pl.String),
        value=pl.lit(None, pl.String),
        price=pl.lit(PRICE, pl.Decimal(18, 6)),
        currency=pl.lit("RUB"),
    ).write_parquet(workspace.table("rejects"))
    _frame([(number,) for number, _ in sound], row_no=pl.Int64).with_columns(
        target=pl.lit("order_paid"),
        happened_at=pl.lit(1_700_000_000, pl.Int64),
        price=pl.lit(PRICE, pl.Decimal(18, 6)),
        currency=pl.lit("RUB"),
    ).write_parquet(workspace.table("conversions"))
    _frame(held_back, row_no=pl.Int64, fate=pl.String).write_parquet(workspace.table("held_back"))
    _frame(leaving, row_no=pl.Int64, kind=pl.String).write_parquet(workspace.table("leaving"))
    write_no_outcomes(workspace.part("outcomes", 0))
    cuts = []
    for number, batch in enumerate(batches, start=1):
        _said(source, batch).write_parquet(workspace.part("outcomes", number))
        cut = Cut(
            kind=batch.kind,
            first_row=batch.first,
            last_row=batch.last,
            rows=len(batch.rows(source)),
            first_happened_at=0,
            last_happened_at=0,
        )
        cuts.append((number, cut))
    write_parts(workspace, cuts)
    return workspace


def _said(source: Sequence[Planned], batch: Batch) -> pl.DataFrame:
    """What the server says of a batch, by the rows of its file, and never in their order."""
    rows = [
        (place, row.outcome, f"v{row_no}")
        for place, (row_no, row) in enumerate(batch.rows(source), start=1)
        if row.outcome is not None
    ]
    columns = _frame(rows[::-1], row_no=pl.Int64, outcome=pl.String, visit_id=pl.String)
    names = ("reason", "linked_by", "traffic_source", "remark")
    return columns.with_columns(pl.lit(None, pl.String).alias(name) for name in names)


def _frame(rows: Sequence[Any], **schema: Any) -> pl.DataFrame:  # noqa: ANN401 - types of Polars
    return pl.DataFrame(rows, schema, orient="row")
