"""Opening one file of rows: which format it has, and what reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from visitjoin.contract.errors import SourceError
from visitjoin.disk.scratch import scratch
from visitjoin.prepare.sources.archives import gunzip, is_gzip, is_zip_of_files
from visitjoin.prepare.sources.columnar import open_parquet
from visitjoin.prepare.sources.encodings import in_utf8
from visitjoin.prepare.sources.json_lines import open_json_lines
from visitjoin.prepare.sources.source import Files
from visitjoin.prepare.sources.table import Table
from visitjoin.prepare.sources.text import open_plain_text, open_text
from visitjoin.prepare.sources.workbook import open_workbook

_FORMATS: Final = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


def format_of(name: str) -> str | None:
    """The format that a file's name tells; `.gz` at its end is passed over."""
    path = Path(name)
    if path.suffix.casefold() == ".gz":
        path = path.with_suffix("")
    return _FORMATS.get(path.suffix.casefold())


@contextmanager
def open_table(path: Path, *, format: str | None = None) -> Iterator[Table]:  # noqa: A002
    """Open a file as the API takes one: UTF-8, as it stands, nothing unpacked or detected.

    What it needs beside the file goes away with the context. For files that others send: no file
    of theirs can grow on our disk.

    format: csv, tsv, xlsx, parquet or jsonl; None to go by the name's ending.

    Raises SourceError where the file is missing, empty, not UTF-8, or of no known format.
    """
    with scratch() as folder:
        yield open_plain(path, folder, format=format)


def open_plain(path: Path, folder: Path, *, format: str | None = None) -> Table:  # noqa: A002
    """`open_table`, with a folder that must stay as long as the table is read."""
    must_hold_something(path)
    match format or _FORMATS.get(path.suffix.casefold()):
        case "csv" | "tsv" as kind:
            return open_plain_text(path, separator="\t" if kind == "tsv" else None)
        case "xlsx":
            return open_workbook(path)
        case "parquet":
            return open_parquet(path)
        case "jsonl":
            return open_json_lines(path, folder / "rows.parquet")
        case _:
            raise _of_no_format(path, format or path.suffix)


def open_file(path: Path, name: str, how: Files, folder: Path) -> Table:
    """Open a file of one's own: gzip is unpacked, and another encoding than UTF-8 is seen.

    path: the file. name: what tells its format. how: what its user says of it. folder: for what
    is unpacked or rewritten; it must stay as long as the table is read.

    Raises SourceError where it cannot be read; SettingError where `how` cannot be.
    """
    must_hold_something(path)
    if is_gzip(path):
        path = gunzip(path, folder / "unpacked")
        must_hold_something(path)
        if is_zip_of_files(path) and how.format != "xlsx":
            raise SourceError("A zip inside a gzip. Unpack it first.", path=path)
    match how.format or format_of(name):
        case "csv":
            return open_text(path, folder=folder, separator=how.separator, encoding=how.encoding)
        case "tsv":
            separator = how.separator or "\t"
            return open_text(path, folder=folder, separator=separator, encoding=how.encoding)
        case "xlsx":
            return open_workbook(path, sheet=how.sheet)
        case "parquet":
            return open_parquet(path)
        case "jsonl":
            return _open_json_lines(path, how, folder)
        case _:
            raise _of_no_format(path, how.format or Path(name).suffix)


def must_hold_something(path: Path) -> None:
    """Raise SourceError where there is no such file, or it is empty."""
    if path.is_dir():
        raise SourceError(f'This is a folder. Name its files: "{path}/*.csv".', path=path)
    if not path.is_file():
        raise SourceError("There is no such file.", path=path)
    if path.stat().st_size == 0:
        raise SourceError("The file is empty. It needs a header and rows.", path=path)


def _open_json_lines(path: Path, how: Files, folder: Path) -> Table:
    # The reader takes neither another encoding nor a byte-order mark.
    text, warnings = in_utf8(path, how.encoding, folder / "utf-8.jsonl", keep_mark=False)
    return replace(open_json_lines(text, folder / "rows.parquet"), warnings=warnings)


def _of_no_format(path: Path, given: str) -> SourceError:
    known = ", ".join(sorted(set(_FORMATS.values())))
    return SourceError(f'"{given}" is no format of a table. Known are: {known}.', path=path)
