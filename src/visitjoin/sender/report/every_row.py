"""Every row of the source: where it stands, and what became of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from visitjoin.prepare import Piece
from visitjoin.sender.report.report import Fate, Row


def rows_of(fates: Sequence[Path], pieces: Sequence[Piece]) -> Iterator[Row]:
    """Every row and its fate, in the order of the source; for small tables.

    fates: the answers of fates.sql, in the order of the source. pieces: of the source.
    """
    for part in fates:
        for row in _placed(part, pieces).collect().iter_rows(named=True):
            yield Row(**row | {"fate": Fate(row["fate"])})


def write_fates(fates: Sequence[Path], path: Path, pieces: Sequence[Piece]) -> None:
    """Write every row and its fate as a CSV, however many there are. As `rows_of`."""
    with path.open("wb") as csv:
        for number, part in enumerate(fates):
            _placed(part, pieces).sink_csv(csv, include_header=number == 0)


def _placed(fates: Path, pieces: Sequence[Piece]) -> pl.LazyFrame:
    """The rows with the line that each begins on and, where the source has several files, the file.

    The line stays null where it is not known: where a value of the file holds a line break.
    """
    rows = pl.scan_parquet(fates, glob=False).set_sorted("row_no")
    known = pl.LazyFrame(
        [(piece.first_row_no, piece.name, piece.first_line) for piece in pieces],
        schema={"begins": pl.Int64, "file": pl.String, "first_line": pl.Int64},
        orient="row",
    ).set_sorted("begins")
    placed = rows.join_asof(known, left_on="row_no", right_on="begins")
    line = pl.col("row_no") - pl.col("begins") + pl.col("first_line")
    named = placed.with_columns(line=pl.coalesce("line", line)).drop("begins", "first_line")
    return named if len(pieces) > 1 else named.drop("file")
