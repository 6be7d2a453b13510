"""Which pieces does a source have? Files by their names, members of a zip, a query, a frame."""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from glob import glob
from pathlib import Path
from typing import Final

import polars as pl

from visitjoin.contract.errors import SourceError
from visitjoin.prepare.sources.archives import is_zip_of_files, members_of, unzip
from visitjoin.prepare.sources.files import format_of, must_hold_something, open_file, open_plain
from visitjoin.prepare.sources.source import (
    STANDARD_INPUT,
    STDIN_NAME,
    ArrowStream,
    Files,
    Query,
    Source,
)
from visitjoin.prepare.sources.table import Table

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Found:
    """A piece of a source, not opened yet."""

    name: str
    """What to call it: the file as it was named, `deals.zip/july.csv` for a member of a zip."""
    open: Callable[[Path], Table]
    """Opens it; takes a folder that must stay as long as the table is read."""


def found_in(
    source: Source, format_: str | None, folder: Path, *, plain: bool
) -> tuple[list[Found], tuple[str, ...]]:
    """The pieces of a source, as `find_pieces`; plain: one file that is read as it stands.

    format_: of its files; None to go by their names. Raises TypeError where a plain source is no
    Path.
    """
    if plain:
        if not isinstance(source, Path):
            raise TypeError("What is read as it stands is a file, named by a Path.")
        return [Found(name=str(source), open=partial(open_plain, source, format=format_))], ()
    return find_pieces(source if format_ is None else with_format(source, format_), folder)


def find_pieces(source: Source, folder: Path) -> tuple[list[Found], tuple[str, ...]]:
    """The pieces of a source, sorted by name, and what was left out of it.

    folder: for standard input, which can be read once only; it must stay as long as the run.

    Raises SourceError where there is no piece: no file fits a pattern, standard input is empty, a
    zip holds no table.
    """
    match source:
        case Query():
            return [Found(name="query", open=partial(_open_query, source))], ()
        case pl.DataFrame() | pl.LazyFrame() | ArrowStream():
            return [Found(name="frame", open=partial(_open_frame, source))], ()
        case Files():
            return _of_files(source, folder)
        case _:
            return _of_files(Files(source), folder)


def with_format(source: Source, format: str) -> Source:  # noqa: A002 - the user's word for it
    """The same files, of that format. A query and a frame have none."""
    match source:
        case Query() | pl.DataFrame() | pl.LazyFrame() | ArrowStream():
            return source
        case Files():
            return replace(source, format=format)
        case _:
            return Files(source, format=format)


def _of_files(files: Files, folder: Path) -> tuple[list[Found], tuple[str, ...]]:
    found: list[Found] = []
    left_out: list[str] = []
    for path in _paths(files.names):
        if path == Path(STANDARD_INPUT):
            of_path = _in_file(_spooled(folder / "standard-input.csv"), STDIN_NAME, files)
        else:
            of_path = _in_file(path, str(path), files)
        found += of_path[0]
        left_out += of_path[1]
    if not found:
        raise SourceError("No file is named.", path="source")
    return sorted(found, key=lambda piece: piece.name), tuple(left_out)


def _paths(names: str | Path | Sequence[str | Path]) -> set[Path]:
    listed = [names] if isinstance(names, str | Path) else names
    return {path for name in listed for path in _paths_named(name)}


def _paths_named(name: str | Path) -> Iterator[Path]:
    """A pattern's files; a name that exists, or is no pattern, is taken as it is."""
    if isinstance(name, Path) or Path(name).exists() or not any(sign in name for sign in "*?["):
        yield Path(name)
        return
    matches = glob(name, recursive=True)  # noqa: PTH207 - a pattern may be absolute
    files = [path for path in map(Path, matches) if path.is_file()]
    if not files:
        raise SourceError("No file fits this pattern.", path=name)
    yield from files


def _spooled(into: Path) -> Path:
    with into.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file, _CHUNK)
    if into.stat().st_size == 0:
        raise SourceError("It is empty: nothing was written to it.", path=STDIN_NAME)
    return into


def _in_file(path: Path, name: str, how: Files) -> tuple[list[Found], list[str]]:
    """The pieces in a file, and what is said of those left out. path: its ending tells its kind."""
    must_hold_something(path)
    if how.format == "xlsx" or not is_zip_of_files(path):
        return [Found(name=name, open=partial(open_file, path, path.name, how))], []
    members = members_of(path)
    tables = [member for member in members if how.format or format_of(member)]
    if not tables:
        raise SourceError("The zip file holds no table that we know by its name.", path=name)
    found = [
        Found(name=f"{name}/{member}", open=partial(_open_member, path, member, how))
        for member in tables
    ]
    left_out = [member for member in members if member not in tables]
    return found, [f"{name}/{member} was left out: it is no table." for member in left_out]


def _open_query(query: Query, folder: Path) -> Table:
    # The drivers of databases take half a second to load, which only a query is worth.
    from visitjoin.prepare.sources.query import open_query  # noqa: PLC0415

    return open_query(query, folder)


def _open_frame(frame: pl.DataFrame | pl.LazyFrame | ArrowStream, folder: Path) -> Table:
    # pyarrow takes 50 MB, which only a frame is worth.
    from visitjoin.prepare.sources.frames import open_frame  # noqa: PLC0415

    return open_frame(frame, folder)


def _open_member(path: Path, member: str, how: Files, folder: Path) -> Table:
    return open_file(unzip(path, member, folder / "member"), member, how, folder)
