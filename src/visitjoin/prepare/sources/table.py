"""An open table: lazy columns of text.

Every cell arrives as the text it was, so that no number parser touches an identifier. Rows carry
`row_no`: 1 for the first under the header, blank ones counted.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from visitjoin.prepare.dialect import Dialect

OVERFLOW: Final = "overflow"
"""The column that holds what a row has beyond its header; only in tables with uneven rows."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """An open table. Column n of the source is named `c<n>`; all are text, beside `row_no`."""

    path: Path
    """The file that is read: the source itself, or what was made of it in a temporary folder."""
    frame: pl.LazyFrame
    headers: tuple[str, ...]
    first_line: int = 1
    """Where the first row stands: below the header in texts and sheets."""
    dialect: Dialect | None = None
    """Of a text table; None for the other formats."""
    is_even: bool = False
    """Whether it was made even: `overflow` then holds what a row has beyond the header."""
    may_be_recoded: bool = False
    """Whether another encoding may be looked for where the text proves not to be UTF-8."""
    warnings: tuple[str, ...] = ()
    """What was assumed to read it."""


def numbered(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Put `row_no` before the columns of a frame."""
    return frame.with_row_index("row_no", offset=1)


def column_names(number: int) -> list[str]:
    """The names of that many columns: c0, c1 and so on."""
    return [f"c{n}" for n in range(number)]
