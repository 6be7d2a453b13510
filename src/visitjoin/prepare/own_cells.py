"""The columns that only calls or chats have, read from the pieces of a table that was checked."""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as ReadOnlyDict
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

import polars as pl

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

OwnColumn = TypeVar("OwnColumn", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class OwnColumns(Generic[OwnColumn]):
    """What a kind of table has beside the columns of conversions."""

    noun: str
    """What its rows are, for messages."""
    target: str
    """The Target of every row: the identifier of the goal that all of them reach."""
    columns: ReadOnlyDict[OwnColumn, str]
    """The field of each column, in the order of the API's guide."""
    named: Callable[[str], OwnColumn | None]
    """Which of the columns a header names."""
    required: tuple[tuple[OwnColumn, ...], ...] = ()
    """The table must have one column of each group."""
    query: str
    """The SQL file that checks them: of `conversions` and `cells` it makes the conversions with
    their own columns, and `column`, `value` and `reason` of what is wrong."""
    patterns: ReadOnlyDict[str, str]
    """What the query asks for by name."""


@dataclass(frozen=True, kw_only=True)
class OwnCells(Generic[OwnColumn]):
    """The own columns of a piece."""

    piece: Piece
    table: Table
    columns: frozenset[OwnColumn]
    """Those that the piece has."""
    cells: Path
    """A Parquet file of row_no, as in the whole table, and every column as stripped text, null
    where it is empty."""


def read_cells(
    own: OwnColumns[OwnColumn],
    source: Source,
    pieces: Sequence[Piece],
    folder: Path,
    *,
    format_: str | None,
    plain: bool,
) -> list[OwnCells[OwnColumn]]:
    """Read the own columns of each piece.

    source, format_, plain: as `prepare` had them. pieces: as it found them. folder: for what is
    unpacked; it must stay as long as the answer is used.

    Raises SourceError where a piece has a column twice, or not one that it must have.
    """
    found, _ = found_in(source, format_, folder, plain=plain)
    return [
        _cells_of(own, one, piece, new_folder(folder, number))
        for number, (one, piece) in enumerate(zip(found, pieces, strict=True))
    ]


def with_lines_of(rows: pl.LazyFrame, read: Sequence[OwnCells[OwnColumn]]) -> pl.LazyFrame:
    """Add to rows the line on which each begins and, where there are several pieces, the file.

    rows: with row_no, in its order. read: the answer of `read_cells`.
    """
    if len(read) == 1:
        return with_lines(rows, rows, read[0].table, read[0].piece.first_line)
    return pl.concat(_lined(rows, one) for one in read)


def _cells_of(
    own: OwnColumns[OwnColumn], found: Found, piece: Piece, folder: Path
) -> OwnCells[OwnColumn]:
    with called(found.name, folder):
        table = found.open(folder)
        positions = _positions(own, table)
        cells = _write_cells(own, table, positions, folder, before=piece.first_row_no - 1)
    return OwnCells(piece=piece, table=table, columns=frozenset(positions), cells=cells)


def _positions(own: OwnColumns[OwnColumn], table: Table) -> dict[OwnColumn, int]:
    """Which column of the table holds which own column."""
    found: dict[OwnColumn, int] = {}
    for position, header in enumerate(table.headers):
        column = own.named(header)
        if column is None:
            continue
        if column in found:
            raise SourceError(
                f"Two columns for {column}. Leave one, or rename the other.",
                path=table.path,
                line=1,
            )
        found[column] = position
    for group in own.required:
        if not found.keys() & set(group):
            raise SourceError(
                f"No column for {' or '.join(group)}. {own.noun} must have it.",
                path=table.path,
                line=1,
            )
    return found


def _write_cells(
    own: OwnColumns[OwnColumn],
    table: Table,
    positions: ReadOnlyDict[OwnColumn, int],
    folder: Path,
    *,
    before: int,
) -> Path:
    """Write `OwnCells.cells`. before: how many rows the earlier pieces have."""
    texts = {
        field: pl.col(f"c{positions[column]}").str.strip_chars()
        if column in positions
        else pl.lit(None, pl.String)
        for column, field in own.columns.items()
    }
    cells = folder / "cells.parquet"

    def write(reading: Table) -> Path:
        reading.frame.select(
            pl.col("row_no").cast(pl.Int64) + before,
            *(pl.when(text != "").then(text).alias(field) for field, text in texts.items()),
        ).sink_parquet(cells, compression="lz4")
        return cells

    return read_somehow(table, folder, write)


def _lined(rows: pl.LazyFrame, read: OwnCells[OwnColumn]) -> pl.LazyFrame:
    first = read.piece.first_row_no
    own = rows.filter(pl.col("row_no").is_between(first, first + read.piece.rows - 1))
    own = own.with_columns(pl.col("row_no") - (first - 1))
    lined = with_lines(own, own, read.table, read.piece.first_line)
    return lined.with_columns(pl.col("row_no") + (first - 1), file=pl.lit(read.piece.name))
