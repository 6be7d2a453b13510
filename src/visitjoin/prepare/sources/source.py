"""What a table may be read from, as its user names it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, TypeAlias, runtime_checkable

import polars as pl

STANDARD_INPUT: Final = "-"
"""The name that stands for standard input, as in most commands."""

STDIN_NAME: Final = "standard input"


@dataclass(frozen=True)
class Files:
    """Files of one table, and how they are written. Several are read as one, sorted by name."""

    names: str | Path | Sequence[str | Path]
    """A path, `-` for standard input, or a pattern such as `deals-*.csv` (only as a str)."""
    format: str | None = field(default=None, kw_only=True)
    """csv, tsv, xlsx, parquet or jsonl; None to go by the name's ending (standard input: csv)."""
    encoding: str | None = field(default=None, kw_only=True)
    """Of a text, as Python names it (utf-8, utf-16, cp1251); None to see or detect it."""
    separator: str | None = field(default=None, kw_only=True)
    """Of a CSV: one character, or `tab`; None for what cuts the header into most fields."""
    sheet: str | None = field(default=None, kw_only=True)
    """Of a workbook, by its name; None for the first."""


@dataclass(frozen=True)
class Query:
    """A `select` over a database, whose answer is the table. Its column names are the header."""

    sql: str
    uri: str = field(repr=False)
    """`sqlite:///relative.db`, `sqlite:////absolute.db`, or `postgresql://user@host/name`. It may
    hold a password, and so no text of ours shows it."""


@runtime_checkable
class ArrowStream(Protocol):
    """Anything that hands out its columns by Arrow's C stream: pandas, pyarrow, DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream, as a capsule."""


Source: TypeAlias = (
    str | Path | Sequence[str | Path] | Files | Query | pl.DataFrame | pl.LazyFrame | ArrowStream
)
"""Whatever `prepare` reads a table from."""


def name_of(source: Source) -> str:
    """What to call a source in a report: a file by its name, without its folder."""
    match source:
        case Files():
            return name_of(source.names)
        case Query():
            return "query"
        case str() | Path():
            return STDIN_NAME if source == STANDARD_INPUT else Path(source).name
        case pl.DataFrame() | pl.LazyFrame() | ArrowStream():
            return "frame"
        case _ if not source:
            return "nothing"
        case _:
            more = f" and {len(source) - 1} more" if len(source) > 1 else ""
            return name_of(source[0]) + more


def is_standard_input(source: Source) -> bool:
    """Whether something of a source is read from standard input, which can be read once only."""
    names = source.names if isinstance(source, Files) else source
    if isinstance(names, str):
        return names == STANDARD_INPUT
    return isinstance(names, list | tuple) and STANDARD_INPUT in names
