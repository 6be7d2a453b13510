"""Several pieces as one table: their rows behind one another, and which row came from where.

Each piece is checked by itself, with its own header and its own row numbers. Put together, the
numbers of a piece go on where those of the one before it ended.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import polars as pl

from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SourceError
from visitjoin.contract.reasons import Reason
from visitjoin.prepare.kept import Kept
from visitjoin.prepare.plan import Plan
from visitjoin.prepare.split import Tally

Write = Callable[[pl.LazyFrame, list[Column]], None]
"""Takes sound rows of `read_schema`, and the columns that they were read from."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One file of a table: its rows are `first_row_no` to `first_row_no + rows - 1`."""

    name: str
    """As it was named; `deals.zip/july.csv` for a member of a zip."""
    first_row_no: int
    rows: int
    """Records under its header, blank ones counted."""
    first_line: int | None
    """The line of its first row, where each row is one line; None where a value holds a break."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A piece that was checked, and the files that hold its rows, numbered from 1."""

    name: str
    sound: Path
    """Its conversions, where they were not written at once."""
    rejects: Kept
    plan: Plan
    headers: tuple[str, ...]
    tally: Tally
    reasons: Counter[Reason]
    first_line: int | None
    warnings: tuple[str, ...]


def keep_sound(path: Path, sound: pl.LazyFrame, _: list[Column]) -> None:
    """Keep sound rows as they are, for `all_sound`."""
    sound.sink_parquet(path, compression="lz4")


def all_sound(checked: Sequence[Checked]) -> pl.LazyFrame:
    """The sound rows of all pieces, with numbers that run on.

    Where a condition is optional, one piece may have the columns of it and another not.
    """
    return pl.concat(
        (
            _numbered_on(Kept(piece.sound), before)
            for piece, before in zip(checked, _rows_before(checked), strict=True)
        ),
        how="diagonal",
    )


def all_rejects(checked: Sequence[Checked], into: Path) -> Kept:
    """Write the rejected rows of all pieces, with numbers that run on and the name of the file."""
    rows = pl.concat(
        _numbered_on(piece.rejects, before).with_columns(pl.lit(piece.name).alias("file"))
        for piece, before in zip(checked, _rows_before(checked), strict=True)
    )
    rows.sink_parquet(into, compression="lz4")
    return Kept(into)


def all_columns(checked: Sequence[Checked]) -> list[Column]:
    """The columns that some piece has, in the API's order."""
    present = {column for piece in checked for column in piece.plan.columns}
    return [column for column in Column if column in present]


def as_pieces(checked: Sequence[Checked]) -> tuple[Piece, ...]:
    """Which rows came from which piece."""
    return tuple(
        Piece(
            name=piece.name,
            first_row_no=before + 1,
            rows=piece.tally.seen,
            first_line=piece.first_line,
        )
        for piece, before in zip(checked, _rows_before(checked), strict=True)
    )


def warnings_of(checked: Sequence[Checked]) -> Iterator[str]:
    """What was assumed, with the name of the piece; what is said of many is said once."""
    names: dict[str, list[str]] = {}
    for piece in checked:
        for warning in piece.warnings:
            names.setdefault(warning, []).append(piece.name)
    for warning, (first, *others) in names.items():
        yield f"{first}{f' and {len(others)} more' if others else ''}: {warning}"


def new_folder(folder: Path, number: int) -> Path:
    """A folder of its own for a piece."""
    made = folder / f"piece-{number}"
    made.mkdir()
    return made


@contextmanager
def called(name: str, folder: Path) -> Iterator[None]:
    """Let errors name the piece as its user knows it, where they name a file in our `folder`."""
    try:
        yield
    except SourceError as error:
        if not Path(error.path).is_relative_to(folder):
            raise
        raise SourceError(error.message, path=name, line=error.line) from error.__cause__


def _numbered_on(kept: Kept, before: int) -> pl.LazyFrame:
    return kept.rows.with_columns(pl.col("row_no") + before)


def _rows_before(checked: Sequence[Checked]) -> Iterator[int]:
    counts = [piece.tally.seen for piece in checked]
    return accumulate(counts[:-1], initial=0)
