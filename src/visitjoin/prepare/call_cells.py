"""The columns that only calls have, read from the pieces of a table that was checked already."""

from collections.abc import Mapping as ReadOnlyDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from visitjoin.contract.calls import CallColumn, call_column_named
from visitjoin.contract.errors import SourceError
from visitjoin.prepare.pieces import Piece, called, new_folder
from visitjoin.prepare.rejects import with_lines
from visitjoin.prepare.sources import (
    Found,
    Source,
    Table,
    found_in,
    read_somehow,
)


@dataclass(frozen=True, kw_only=True)
class CallCells:
    """The calls' own columns of a piece."""

    piece: Piece
    table: Table
    columns: frozenset[CallColumn]
    """Those that the piece has."""
    cells: Path
    """A Parquet file of row_no, as in the whole table, and every column as stripped text, null
    where it is empty."""


def read_cells(
    source: Source, pieces: Sequence[Piece], folder: Path, *, format_: str | None, plain: bool
) -> list[CallCells]:
    """Read the calls' own columns of each piece.

    source, format_, plain: as `prepare` had them. pieces: as it found them. folder: for what is
    unpacked; it must stay as long as the answer is used.

    Raises SourceError where a piece has a column twice.
    """
    found, _ = found_in(source, format_, folder, plain=plain)
    return [
        _cells_of(one, piece, new_folder(folder, number))
        for number, (one, piece) in enumerate(zip(found, pieces, strict=True))
    ]


def with_lines_of(rows: pl.LazyFrame, read: Sequence[CallCells]) -> pl.LazyFrame:
    """Add to rows the line on which each begins and, where there are several pieces, the file.

    rows: with row_no, in its order. read: the answer of `read_cells`.
    """
    if len(read) == 1:
        return with_lines(rows, rows, read[0].table, read[0].piece.first_line)
    return pl.concat(_lined(rows, one) for one in read)


def _cells_of(found: Found, piece: Piece, folder: Path) -> CallCells:
    with called(found.name, folder):
        table = found.open(folder)
        positions = _positions(table)
        cells = _write_cells(table, positions, folder, before=piece.first_row_no - 1)
    return CallCells(piece=piece, table=table, columns=frozenset(positions), cells=cells)


def _positions(table: Table) -> dict[CallColumn, int]:
    """Which column of the table holds which column of calls."""
    found: dict[CallColumn, int] = {}
    for position, header in enumerate(table.headers):
        column = call_column_named(header)
        if column is None:
            continue
        if column in found:
            raise SourceError(
                f"Two columns for {column}. Leave one, or rename the other.",
                path=table.path,
                line=1,
            )
        found[column] = position
    return found


def _write_cells(
    table: Table, positions: ReadOnlyDict[CallColumn, int], folder: Path, *, before: int
) -> Path:
    """Write `CallCells.cells`. before: how many rows the earlier pieces have."""
    texts = {
        column.field: pl.col(f"c{positions[column]}").str.strip_chars()
        if column in positions
        else pl.lit(None, pl.String)
        for column in CallColumn
    }
    cells = folder / "cells.parquet"

    def write(reading: Table) -> Path:
        reading.frame.select(
            pl.col("row_no").cast(pl.Int64) + before,
            *(pl.when(text != "").then(text).alias(field) for field, text in texts.items()),
        ).sink_parquet(cells, compression="lz4")
        return cells

    return read_somehow(table, folder, write)


def _lined(rows: pl.LazyFrame, read: CallCells) -> pl.LazyFrame:
    first = read.piece.first_row_no
    own = rows.filter(pl.col("row_no").is_between(first, first + read.piece.rows - 1))
    own = own.with_columns(pl.col("row_no") - (first - 1))
    lined = with_lines(own, own, read.table, read.piece.first_line)
    return lined.with_columns(pl.col("row_no") + (first - 1), file=pl.lit(read.piece.name))
