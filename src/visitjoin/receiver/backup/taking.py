"""How is everything copied while the receiver works? In the order that the package explains."""

import shutil
from pathlib import Path

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.errors import SettingError
from visitjoin.receiver.backup.manifest import Manifest, write_manifest
from visitjoin.receiver.catalog.copying import as_it_is, copy_sqlite, kind_of, unfinished_folders
from visitjoin.receiver.collect.journal_file import copy_journals
from visitjoin.receiver.config import Settings
from visitjoin.receiver.lake.copying import copy_lake
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.work.spool import Folder

CATALOG = "catalog.sqlite"
SPOOL = "spool"
HITS = "hits"
LAKE = "lake"


def back_up(settings: Settings, into: Path, *, clock: Clock = system_clock) -> Manifest:
    """Copy the catalog, where it is in SQLite, the spool and the lake of a receiver that may run.

    settings: of the receiver; a catalog in PostgreSQL has to be dumped before, by pg_dump. into: a
    folder that is missing or empty; on disk when this returns.

    Raises SettingError where there is no receiver's folder, or `into` is not empty.
    """
    _check_places(settings, into)
    into.mkdir(parents=True, exist_ok=True)
    catalog = settings.catalog
    if kind_of(catalog) == "sqlite":
        copy_sqlite(catalog, into / CATALOG)
        catalog = f"sqlite:///{(into / CATALOG).absolute()}"
    with as_it_is(catalog) as known:
        folders = unfinished_folders(known)
    for name in folders:
        _copy_folder(Folder(settings.spool / name), Folder(into / SPOOL / name))
    copy_journals(settings.hits, into / HITS)
    copy_lake(Lake(settings.lake), into / LAKE)
    return write_manifest(into, made_at=clock(), catalog=kind_of(settings.catalog))


def _check_places(settings: Settings, into: Path) -> None:
    settings.check_worked_on()
    if into.exists() and any(into.iterdir()):
        raise SettingError(f"{into} is not empty. Name a new folder for every backup.")


def _copy_folder(source: Folder, copy: Folder) -> None:
    """Copy what an uploading can be carried on from; nothing where it was finished meanwhile."""
    copy.path.mkdir(parents=True)
    try:
        for file in (source.conversions, source.rejects):
            shutil.copyfile(file, copy.path / file.name)
    except FileNotFoundError:
        # It is cleared away when its rows and links are in the lake, which is copied after this.
        copy.remove()
        return
    if source.links.exists():
        _copy_if_there(source.links, copy.links)


def _copy_if_there(file: Path, copy: Path) -> None:
    """Copy links, which are computed again where they are missing."""
    try:
        shutil.copyfile(file, copy)
    except FileNotFoundError:
        copy.unlink(missing_ok=True)
