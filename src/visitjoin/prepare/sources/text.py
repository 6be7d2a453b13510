"""CSV and TSV, and the ways to read one that the fast reader refuses at first."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import polars as pl

from visitjoin.contract.errors import SettingError, SourceError
from visitjoin.prepare.dialect import SEPARATORS, Dialect, raise_where_not_utf8, read_dialect
from visitjoin.prepare.lines import write_even
from visitjoin.prepare.sources.encodings import UTF_8, detect_anywhere, in_utf8, warning_of
from visitjoin.prepare.sources.table import OVERFLOW, Table, column_names

T = TypeVar("T")

_MORE_SEPARATORS: Final = (*SEPARATORS, "|")
"""The receiver knows the first three; whoever reads a file of one's own may have the fourth."""


def open_plain_text(path: Path, *, separator: str | None) -> Table:
    """Open a text that must be UTF-8 and have one of the usual separators, as the API takes it.

    Raises SourceError where it is not UTF-8, is empty or has no header.
    """
    return _opened(path, read_dialect(path, separator=separator))


def open_text(
    path: Path, *, folder: Path, separator: str | None = None, encoding: str | None = None
) -> Table:
    """Open a text of any encoding and separator.

    folder: where it is rewritten, if it is not UTF-8. separator and encoding: see `Files`.

    Raises SourceError where it is not in its encoding, is empty or has no header; SettingError
    where the separator cannot be one or there is no such encoding.
    """
    text, warnings = in_utf8(path, encoding, folder / "utf-8.csv")
    named = _separator(separator)
    dialect = read_dialect(text, separator=named, among=_MORE_SEPARATORS)
    if dialect.rival is not None:
        warnings = (*warnings, _doubt(dialect))
    opened = _opened(text, dialect)
    is_open = encoding is None and text == path
    return replace(opened, warnings=warnings, may_be_recoded=is_open)


def read_somehow(table: Table, folder: Path, read: Callable[[Table], T]) -> T:
    """Read a table in the first way that the fast reader does not refuse.

    folder: where it is rewritten. read: may be called again, with the table in another way.

    Returns what `read` returns. Raises SourceError where there is no further way.
    """
    refusal: Exception | None = None
    for reading in _readings(table, folder):
        try:
            return read(reading)
        except pl.exceptions.ComputeError as error:
            refusal = error
    raise SourceError("The table cannot be read: it is damaged.", path=table.path) from refusal


def _readings(table: Table, folder: Path) -> Iterator[Table]:
    """Ways to read a table, each for when the fast reader refused the one before it.

    As it stands; in the encoding that its text turns out to have; with its rows made even.

    folder: where it is rewritten.

    Raises SourceError where there is no further way and the text is to blame.
    """
    yield table
    if table.dialect is None:
        return
    recoded = _recoded(table, folder)
    if recoded is not None:
        yield recoded
    yield made_even(recoded or table, folder)


def made_even(table: Table, folder: Path) -> Table:
    """The same text table with its rows made even, for when the fast reader refuses it.

    folder: where the rewritten table goes.

    Raises SourceError where the file is not UTF-8 or its quotes are not balanced.
    """
    if table.dialect is None:
        return table
    raise_where_not_utf8(table.path)
    rewritten = folder / "even.csv"
    write_even(table.path, table.dialect, rewritten)
    names = [*column_names(len(table.headers)), OVERFLOW]
    frame = _scan(rewritten, table.dialect.separator, names)
    return replace(table, frame=frame, is_even=True)


def _recoded(table: Table, folder: Path) -> Table | None:
    """The table in UTF-8, where its beginning was ASCII and what follows is of another encoding."""
    found = detect_anywhere(table.path) if table.may_be_recoded else UTF_8
    if found == UTF_8:
        return None
    text, _ = in_utf8(table.path, found, folder / "recoded.csv")
    assert table.dialect is not None  # noqa: S101 - only texts come here
    opened = _opened(text, table.dialect)
    return replace(opened, warnings=(*table.warnings, warning_of(found)))


def _opened(path: Path, dialect: Dialect) -> Table:
    try:
        frame = _scan(path, dialect.separator, column_names(len(dialect.headers)))
    except pl.exceptions.ShapeError as error:
        # The fast reader looks at the header when it is told the names.
        raise SourceError(
            "The header cannot be read for certain: a quote stands inside the name of a column, or "
            "is not closed. Write the names without quotes.",
            path=path,
            line=1,
        ) from error
    return Table(path=path, frame=frame, headers=dialect.headers, first_line=2, dialect=dialect)


def _scan(path: Path, separator: str, names: list[str]) -> pl.LazyFrame:
    return pl.scan_csv(
        path,
        separator=separator,
        infer_schema=False,
        glob=False,
        row_index_name="row_no",
        row_index_offset=1,
        with_column_names=lambda found: names + found[len(names) :],
    )


def _separator(named: str | None) -> str | None:
    if named is None:
        return None
    separator = "\t" if named.casefold() in ("tab", "\\t") else named
    # The fast reader compares bytes, and a quote or a line end means something else.
    if len(separator.encode()) != 1 or separator in '"\r\n':
        raise SettingError(
            f'"{named}" cannot be a separator: name one character of ASCII, or tab, '
            'but no quote or line end. As --separator "|".'
        )
    return separator


def _doubt(dialect: Dialect) -> str:
    taken, rival = _shown(dialect.separator), _shown(dialect.rival or "")
    return (
        f"The separator was taken to be {taken}: it cuts the header into {len(dialect.headers)} "
        f"fields, and so does {rival}. Name it to be sure: --separator."
    )


def _shown(separator: str) -> str:
    return "a tab" if separator == "\t" else f'"{separator}"'
