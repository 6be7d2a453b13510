"""The form in which a ledger leaves its machine: Parquet files, and a manifest of them.

    manifest.json         what this is, whose, and each file's rows, bytes and SHA-256
    tables/NAME.parquet   a table of the ledger
    batches/ID.csv        the file of a batch that is on its way or may have to be sent again

It is a folder, or the same in a zip. DuckDB's own `export database` is not used: it writes
fingerprints of 128 bits as floating-point numbers; here such a column is two of 64 bits,
`NAME_high` and `NAME_low`.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb
import msgspec
from msgspec import Struct

from visitjoin.contract.errors import LedgerError
from visitjoin.disk.scratch import scratch

FORMAT: Final = 1
"""The version of the form that is described above."""

MANIFEST: Final = "manifest.json"
ZIP: Final = ".zip"

_NAMES: Final = re.compile(r"(tables/[a-z_]+\.parquet|batches/\w+\.csv)\Z", re.ASCII)


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of an export."""

    name: str
    """With its folder, as above."""
    bytes: int
    sha256: str
    rows: int | None = None
    """Of a table."""

    @property
    def table(self) -> str | None:
        """The table that it holds; None for the file of a batch."""
        folder, _, name = self.name.partition("/")
        return name.removesuffix(".parquet") if folder == "tables" else None


class Manifest(Struct, frozen=True, kw_only=True):
    """What an export is."""

    format: int
    made_by: str
    """The version of the program."""
    made_at: datetime
    schema: int
    """The version of the ledger (ledger.schema)."""
    server: str
    counter: int
    parts: tuple[Part, ...]


def part_of(folder: Path, name: str, rows: int | None = None) -> Part:
    """Describe a file that was written. name: with its folder; rows: of a table."""
    file = folder / name
    return Part(name=name, bytes=file.stat().st_size, sha256=_sha256(file), rows=rows)


@contextmanager
def opened(export: Path, beside: Path) -> Iterator[tuple[Manifest, Path]]:
    """Open an export and look at every byte of it, before anything relies on one.

    export: a folder or a zip. beside: an existing folder, on whose disk a zip is unpacked.

    Gives the manifest and the folder of the files for as long as the context lasts. Raises
    LedgerError where it is no export, of a newer form, or not as it was written.
    """
    if export.is_dir():
        manifest = _manifest(export)
        _check(export, manifest)
        yield manifest, export
        return
    with scratch(beside) as folder:
        _unpack(export, folder)
        manifest = _manifest(folder)
        _check(folder, manifest)
        yield manifest, folder


def columns_of(engine: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """The names and types of the columns of a table of the ledger."""
    return engine.execute(
        "select column_name, data_type from duckdb_columns() "
        "where database_name = current_catalog() and table_name = $1 order by column_index",
        [table],
    ).fetchall()


def written(column: str, type_: str) -> str:
    """The SQL that makes of a column of the ledger what an export holds."""
    if type_ != _WIDE:
        return f'"{column}"'
    return (
        f'("{column}" // {_HALF})::ubigint as "{column}_high", '
        f'("{column}" % {_HALF})::ubigint as "{column}_low"'
    )


def read(column: str, type_: str) -> str:
    """The SQL that makes of what an export holds a column of the ledger."""
    if type_ != _WIDE:
        return f'"{column}"'
    return f'"{column}_high"::uhugeint * {_HALF} + "{column}_low"::uhugeint'


_WIDE: Final = "UHUGEINT"
_HALF: Final = f"{2**64}::uhugeint"


def _unpack(export: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(export) as archive:
            names = [name for name in archive.namelist() if name == MANIFEST or _NAMES.match(name)]
            archive.extractall(folder, names)
    except (OSError, zipfile.BadZipFile) as error:
        raise LedgerError(
            f"It cannot be read as an export ({error}). Take a zip or a folder that visitjoin "
            "ledger export wrote.",
            path=export,
        ) from error


def _manifest(folder: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise LedgerError(
            f"It has no {MANIFEST} that can be read ({error}), so it is no export, or not a whole "
            "one. Take one that visitjoin ledger export wrote.",
            path=folder,
        ) from error
    if manifest.format > FORMAT:
        raise LedgerError(
            f"An export in the form {manifest.format}, and this program knows {FORMAT}. Upgrade "
            "visitjoin.",
            path=folder,
        )
    return manifest


def _check(folder: Path, manifest: Manifest) -> None:
    for part in manifest.parts:
        file = folder / part.name
        if not _NAMES.match(part.name):
            raise LedgerError(f'"{part.name}" is no file of an export.', path=folder)
        if not file.is_file() or part_of(folder, part.name, part.rows) != part:
            raise LedgerError(
                f"{part.name} is missing or not as it was written. Take another copy of it.",
                path=folder,
            )


def _sha256(file: Path) -> str:
    with file.open("rb") as opened_file:
        return hashlib.file_digest(opened_file, "sha256").hexdigest()
