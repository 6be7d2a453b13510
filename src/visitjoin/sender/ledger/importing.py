"""An export becomes the ledger of its counter, whole or not at all.

It is built and checked beside the ledger and takes its place by one renaming. The ledger that was
there before is kept under another name.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from visitjoin.contract.errors import LedgerError
from visitjoin.disk.durable import sync
from visitjoin.linking import default_memory_limit
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import State
from visitjoin.sender.ledger.ledger import Ledger, Owner, open_held
from visitjoin.sender.ledger.lock import held
from visitjoin.sender.ledger.place import files_beside
from visitjoin.sender.ledger.portable import Manifest, columns_of, opened, read
from visitjoin.sender.ledger.schema import NEWEST, bring_up_to_date
from visitjoin.sender.ledger.texts import first_line
from visitjoin.sender.ledger.verify import verify


def take_in(
    export: Path, path: Path, owner: Owner, *, now: datetime, force: bool = False
) -> Manifest:
    """Make an export the ledger of a counter.

    export: what `export` wrote. path: of the ledger; the one that is there is kept beside it
    (`kept_aside`). owner: whose ledger it must be. now: aware. force: whether to take the place of
    a ledger that knows more than the export, or that cannot be opened.

    Raises LedgerError where the export is not whole or another counter's, where the ledger knows
    more, and where another process holds it. The ledger is then as it was.
    """
    with held(path, now=now), opened(export, path.parent) as (manifest, folder):
        _check_owner(manifest, owner, export)
        staged = path.with_suffix(".importing")
        _remove(staged)
        try:
            _build(staged, manifest, folder, export)
            with open_held(staged, owner) as ledger:
                _check(ledger, folder / "batches", export)
                if path.exists() and not force:
                    _check_more(path, owner, ledger)
            _bring_files(folder, files_beside(path))
            _take_the_place(staged, path)
        finally:
            _remove(staged)
    return manifest


def kept_aside(path: Path) -> Path:
    """Where the ledger lies that an import took the place of."""
    return path.with_suffix(".replaced")


def _check_owner(manifest: Manifest, owner: Owner, export: Path) -> None:
    if (manifest.server, manifest.counter) != (owner.server, owner.counter):
        raise LedgerError(
            f"It is of counter {manifest.counter} of {manifest.server}, and not of counter "
            f"{owner.counter} of {owner.server}. Name that counter and server.",
            path=export,
        )
    if manifest.schema > NEWEST:
        raise LedgerError(
            f"Written by a newer visitjoin: its version is {manifest.schema}, and this program "
            f"knows {NEWEST}. Upgrade visitjoin.",
            path=export,
        )


def _build(staged: Path, manifest: Manifest, folder: Path, export: Path) -> None:
    """Make the ledger of the version that was exported; opening it brings it to the newest."""
    with _engine(staged) as engine:
        bring_up_to_date(engine, staged, up_to=manifest.schema)
        for part in manifest.parts:
            if part.table is not None:
                _fill(engine, part.table, folder / part.name, export)


def _fill(engine: duckdb.DuckDBPyConnection, table: str, file: Path, export: Path) -> None:
    columns = columns_of(engine, table)
    names = ", ".join(f'"{name}"' for name, _ in columns)
    values = ", ".join(read(*column) for column in columns)
    # The names are those of the ledger's own tables and columns.
    text = f'insert into "{table}" ({names}) select {values} from read_parquet($1)'  # noqa: S608
    try:
        engine.execute(text, [str(file)])
    except duckdb.Error as error:
        raise LedgerError(
            f"Its table {table} is not that of a ledger ({first_line(error)}). Take another.",
            path=export,
        ) from error


@contextmanager
def _engine(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    engine = duckdb.connect(str(path), config={"memory_limit": default_memory_limit()})
    engine.execute("set enable_progress_bar = false")
    try:
        yield engine
    finally:
        engine.close()


def _check(ledger: Ledger, files: Path, export: Path) -> None:
    faults = [fault for check in verify(ledger, files=files) for fault in check.faults]
    if faults:
        raise LedgerError(f"The export is not whole: {'; '.join(faults)}.", path=export)


def _check_more(path: Path, owner: Owner, theirs: Ledger) -> None:
    with open_held(path, owner) as mine:
        more = list(_more(mine, theirs))
    if more:
        raise LedgerError(
            f"It knows more than the export: {', '.join(more)}. Imported, that would be forgotten; "
            "if it shall be, add --force.",
            path=path,
        )


def _more(mine: Ledger, theirs: Ledger) -> Iterator[str]:
    known = {batch.id: batch for batch in batches.all_batches(theirs)}
    own = batches.all_batches(mine)
    if missing := [batch for batch in own if batch.id not in known]:
        yield f"{len(missing):,} batches with {sum(batch.rows for batch in missing):,} rows"
    further = [
        batch
        for batch in own
        if batch.id in known and _ORDER[batch.state] > _ORDER[known[batch.id].state]
    ]
    if further:
        yield f"what became of {len(further):,} batches"


_ORDER: Final = {
    State.READY: 0,
    State.SENDING: 1,
    State.ACCEPTED: 2,
    State.DONE: 3,
    State.REFUSED: 3,
    State.GIVEN_UP: 4,
}


def _bring_files(folder: Path, files: Path) -> None:
    """Before the ledger names them. A file that it does not name is swept by the next run."""
    files.mkdir(exist_ok=True, mode=0o700)
    for file in (folder / "batches").glob("*.csv"):
        part = files / f"{file.stem}.part"
        shutil.copyfile(file, part)
        part.chmod(0o600)
        sync(part)
        part.replace(files / file.name)
    sync(files)


def _take_the_place(staged: Path, path: Path) -> None:
    aside = kept_aside(path)
    sync(staged)
    _remove(aside)
    if path.exists():
        os.link(path, aside)
    # It is of the ledger that goes. It is there only where that could not be opened and closed.
    log = _log_of(path)
    if log.exists():
        log.replace(_log_of(aside))
    staged.replace(path)
    sync(path.parent)


def _remove(database: Path) -> None:
    database.unlink(missing_ok=True)
    _log_of(database).unlink(missing_ok=True)
    files = files_beside(database)
    if files != database and files.is_dir() and not any(files.iterdir()):
        files.rmdir()


def _log_of(database: Path) -> Path:
    """DuckDB's own log beside a database that was not closed."""
    return database.with_name(f"{database.name}.wal")
