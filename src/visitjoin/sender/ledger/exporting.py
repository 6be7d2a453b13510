"""A ledger is written in the form that leaves its machine (ledger.portable)."""

import os
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import msgspec

from visitjoin.contract.errors import LedgerError
from visitjoin.contract.version import __version__
from visitjoin.disk.durable import sync
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.ledger import Ledger, Owner
from visitjoin.sender.ledger.portable import (
    FORMAT,
    MANIFEST,
    ZIP,
    Manifest,
    Part,
    columns_of,
    part_of,
    written,
)
from visitjoin.sender.ledger.schema import version_of
from visitjoin.sender.ledger.verify import verify


def export(ledger: Ledger, owner: Owner, target: Path, *, now: datetime) -> Manifest:
    """Write everything that a ledger knows, and the files that it still needs.

    target: a `.zip`, which takes the place of an older one, or a folder that does not exist yet. It
    has its name only when it is whole. now: aware.

    Raises LedgerError where the ledger is not whole, so that no good export gives way to one that
    could not be imported, and where the target is in the way or cannot be written.
    """
    if target.suffix.casefold() != ZIP and target.exists():
        raise LedgerError("It exists. Name a new folder, or a .zip.", path=target)
    if faults := [fault for check in verify(ledger) for fault in check.faults]:
        raise LedgerError(
            f"It is not whole: {'; '.join(faults)}. What to do says: visitjoin ledger verify.",
            path=ledger.path,
        )
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.mkdir(mode=0o700, parents=True)
        manifest = _write(ledger, owner, part, now)
        if target.suffix.casefold() == ZIP:
            _pack(part, manifest, target)
        else:
            part.replace(target)
        sync(target.parent)
    except OSError as error:
        raise LedgerError(f"It cannot be written: {error.strerror}.", path=target) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return manifest


def _write(ledger: Ledger, owner: Owner, folder: Path, now: datetime) -> Manifest:
    manifest = Manifest(
        format=FORMAT,
        made_by=__version__,
        made_at=now,
        schema=version_of(ledger.engine),
        server=owner.server,
        counter=owner.counter,
        parts=(*_write_tables(ledger, folder), *_write_batches(ledger, folder)),
    )
    (folder / MANIFEST).write_bytes(
        msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    )
    sync(folder / MANIFEST)
    sync(folder)
    return manifest


def _write_tables(ledger: Ledger, folder: Path) -> list[Part]:
    (folder / "tables").mkdir()
    tables = ledger.engine.execute(
        "select table_name from duckdb_tables() where database_name = current_catalog() "
        "and not temporary and table_name != 'migrations' order by table_name"
    ).fetchall()
    return [_write_table(ledger, folder, table) for (table,) in tables]


def _write_table(ledger: Ledger, folder: Path, table: str) -> Part:
    name = f"tables/{table}.parquet"
    columns = ", ".join(written(*column) for column in columns_of(ledger.engine, table))
    quoted = str(folder / name).replace("'", "''")
    # The names are those of the ledger's own tables and columns.
    text = (
        f"copy (select {columns} from \"{table}\") to '{quoted}' (format parquet, compression zstd)"  # noqa: S608
    )
    ((rows,),) = ledger.engine.execute(text).fetchall()
    sync(folder / name)
    return part_of(folder, name, rows)


def _write_batches(ledger: Ledger, folder: Path) -> list[Part]:
    (folder / "batches").mkdir()
    parts = []
    for batch in batches.all_batches(ledger):
        file = ledger.file_of(batch.id)
        if (batch.is_on_its_way or batch.may_link) and file.exists():
            name = f"batches/{batch.id}.csv"
            shutil.copyfile(file, folder / name)
            sync(folder / name)
            parts.append(part_of(folder, name))
    return parts


def _pack(folder: Path, manifest: Manifest, target: Path) -> None:
    packed = folder / f"packed{ZIP}"
    # Parquet is compressed by itself.
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.write(folder / MANIFEST, MANIFEST)
        for part in manifest.parts:
            how = zipfile.ZIP_STORED if part.table else zipfile.ZIP_DEFLATED
            archive.write(folder / part.name, part.name, how)
    # It has the files of batches, which name people.
    packed.chmod(0o600)
    sync(packed)
    packed.replace(target)
