"""What leaves is written: one file for each batch, on disk before the ledger names it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import polars as pl

from visitjoin.contract.calls import FLAGS, CallColumn
from visitjoin.contract.columns import IDENTIFIER_COLUMNS, Column
from visitjoin.contract.uploads import UploadType
from visitjoin.disk.durable import keep as keep_file
from visitjoin.prepare import Mapping as How
from visitjoin.prepare import Prepared
from visitjoin.prepare.calls import PreparedCalls
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch
from visitjoin.sender.run.batch import new_batch_id
from visitjoin.sender.run.deliver import Delivery
from visitjoin.sender.run.plan import Cut, halves
from visitjoin.sender.run.telling import Step
from visitjoin.sender.tables.workspace import Workspace

Columns: TypeAlias = Mapping[str, pl.Expr]
"""The headers of a file, and what stands under each: an expression over `conversions`."""


@dataclass(frozen=True, kw_only=True)
class Writing:
    """Where batches come from, and how they are written."""

    workspace: Workspace
    columns: Columns
    type: UploadType
    retracted: bool
    run: int
    bytes_per_batch: int


def write_batches(
    writing: Writing, delivery: Delivery, parts: Iterable[Cut], keep: Callable[[Batch, Cut], None]
) -> Iterator[Batch]:
    """Write and record one batch after the other, as they are asked for.

    parts: of the source, one for each batch. keep: told each batch and its part.
    """
    waiting = list(parts)[::-1]
    while waiting:
        part = waiting.pop()
        batch = _write(writing, delivery, part)
        if batch.bytes > writing.bytes_per_batch:
            delivery.ledger.file_of(batch.id).unlink()
            waiting += halves(writing.workspace, part)[::-1]
            continue
        delivery.telling.step(Step.WRITTEN)
        batches.record(
            delivery.ledger,
            batch,
            delivery.clock(),
            first_row=part.first_row,
            last_row=part.last_row,
            retracted=writing.retracted,
        )
        delivery.telling.step(Step.RECORDED)
        keep(batch, part)
        yield batch


def _write(writing: Writing, delivery: Delivery, part: Cut) -> Batch:
    id_ = new_batch_id()
    file = delivery.ledger.file_of(id_)
    columns = [form.alias(header) for header, form in _columns(writing, part).items()]
    with file.open("wb") as csv:
        for number, rows in enumerate(_slices(writing.workspace, part)):
            rows.select(columns).sink_csv(csv, include_header=number == 0)
    keep_file(file)
    return Batch(
        number=batches.next_number(delivery.ledger),
        id=id_,
        run=writing.run,
        type=writing.type,
        kind=part.kind,
        repeats=None,
        rows=part.rows,
        bytes=file.stat().st_size,
        first_happened_at=part.first_happened_at,
        last_happened_at=part.last_happened_at,
    )


def _slices(workspace: Workspace, part: Cut) -> Iterator[pl.LazyFrame]:
    """The conversions of a part that leave, some at a time, in the order of the source."""
    conversions = pl.scan_parquet(workspace.table("conversions"), glob=False)
    of_part = {"first_row": part.first_row, "last_row": part.last_row, "kind": part.kind}
    slices = workspace.rows("slices.sql", **of_part, width=_ROWS_AT_ONCE)
    if any(leaving < all_rows for _, all_rows, leaving in slices):
        workspace.run("batch.sql", into="batch", **of_part)
    for first_row, all_rows, leaving in slices:
        among = pl.col("row_no").is_between(
            first_row, min(first_row + _ROWS_AT_ONCE - 1, part.last_row)
        )
        rows = conversions.filter(among)
        if leaving < all_rows:
            chosen = pl.scan_parquet(workspace.table("batch"), glob=False).filter(among)
            rows = rows.join(chosen, on="row_no", how="semi", maintain_order="left")
        yield rows


def _columns(writing: Writing, part: Cut) -> Columns:
    """Those of a batch: of identifiers only its kind, where it has one."""
    if part.kind is None:
        return writing.columns
    others = {
        header: form for header, form in writing.columns.items() if header not in IDENTIFIER_COLUMNS
    }
    return {part.kind.column: _WRITTEN[part.kind.column], **others}


def columns_of(prepared: Prepared, mapping: How) -> Columns:
    """The columns of the file of a source. Calls have no Target, and columns of their own."""
    present = {*prepared.columns, *mapping.constants}
    if isinstance(prepared, PreparedCalls):
        present.discard(Column.TARGET)
        own = {column.value: _form_of(column) for column in prepared.call_columns}
    else:
        own = {}
    return {column.value: _WRITTEN[column] for column in Column if column in present} | own


def _form_of(column: CallColumn) -> pl.Expr:
    field = pl.col(column.field)
    return field.cast(pl.Int8) if column in FLAGS else field


_ROWS_AT_ONCE: Final = 100_000
"""Polars would hold a batch of a million rows whole, for 240 MB; a tenth of it at a time takes 50
MB, and no longer."""

_WRITTEN: Final = {
    Column.CLIENT_ID: pl.col("client_id"),
    Column.USER_ID: pl.col("user_id"),
    Column.YCLID: pl.col("yclid"),
    Column.PURCHASE_ID: pl.col("purchase_id"),
    Column.TARGET: pl.col("target"),
    Column.DATE_TIME: pl.col("happened_at"),
    # It has six decimals, of which most are zeros.
    Column.PRICE: pl.col("price").cast(pl.String).str.strip_chars_end("0").str.strip_chars_end("."),
    Column.CURRENCY: pl.col("currency"),
}
