"""How does a backup become a receiver's folder again?"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from visitjoin.contract.errors import SettingError
from visitjoin.disk.durable import sync_with_folders
from visitjoin.receiver.backup.checking import Checked, check
from visitjoin.receiver.backup.manifest import Manifest, read_manifest
from visitjoin.receiver.backup.mending import mend
from visitjoin.receiver.backup.taking import CATALOG, HITS, LAKE, SPOOL
from visitjoin.receiver.catalog.copying import file_of, kind_of
from visitjoin.receiver.catalog.opening import open_catalog
from visitjoin.receiver.config import Settings
from visitjoin.receiver.lake.copying import has_tables, put_lake
from visitjoin.receiver.lake.lake import Lake


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a backup had in it, and whether all of it is there."""

    manifest: Manifest
    checked: Checked
    taken_out: int
    """Uploadings that were accepted after the catalog was copied: their senders send again."""


def restore(backup: Path, settings: Settings) -> Restored:
    """Put a backup in place, make its parts fit, and look for every row.

    settings: of the receiver that is to work there. Its folder has to be missing or empty, its lake
    without tables; a catalog in PostgreSQL has to be put back before, from the dump that was made
    with the backup.

    On disk when this returns. Raises SourceError where the backup is damaged, and SettingError
    where a place is not empty or the catalog is of another kind.
    """
    manifest = read_manifest(backup)
    lake = Lake(settings.lake, memory_limit=settings.memory_limit, spill=settings.spill)
    _check_places(manifest, settings, lake)
    _put(backup, settings, lake)
    catalog = open_catalog(settings.catalog)
    try:
        taken_out = mend(catalog, lake, settings.spool)
        checked = check(catalog, lake, settings.spool)
    finally:
        catalog.dispose()
    sync_with_folders(
        (path for path in settings.data.rglob("*") if path.is_file()), up_to=settings.data
    )
    return Restored(manifest=manifest, checked=checked, taken_out=taken_out)


def _check_places(manifest: Manifest, settings: Settings, lake: Lake) -> None:
    kind = kind_of(settings.catalog)
    if kind != manifest.catalog:
        raise SettingError(
            f"The backup is of a receiver with its catalog in {manifest.catalog}, and {kind} was "
            "named. Restore with the kind of catalog that it had."
        )
    if settings.data.exists() and any(settings.data.iterdir()):
        raise SettingError(f"{settings.data} is not empty. A backup is restored into a new folder.")
    if has_tables(lake):
        raise SettingError("The lake has tables already. Name one that is empty.")
    if kind == "sqlite" and file_of(settings.catalog).exists():
        raise SettingError(f"{file_of(settings.catalog)} is there already. Move it away.")


def _put(backup: Path, settings: Settings, lake: Lake) -> None:
    settings.spool.mkdir(parents=True)
    if (backup / SPOOL).is_dir():
        shutil.copytree(backup / SPOOL, settings.spool, dirs_exist_ok=True)
    if (backup / HITS).is_dir():
        shutil.copytree(backup / HITS, settings.hits)
    put_lake(backup / LAKE, lake)
    if kind_of(settings.catalog) == "sqlite":
        shutil.copyfile(backup / CATALOG, file_of(settings.catalog))
