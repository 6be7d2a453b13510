"""How is a lake copied, while it is written to, or put in a place where there is none?"""

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from deltalake import DeltaTable
from deltalake.fs import DeltaStorageHandler
from pyarrow.fs import FileSelector, FileType, PyFileSystem

from visitjoin.linking.addresses import is_folder
from visitjoin.linking.object_store import store
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable

_LOG: Final = "_delta_log"

_VERSION_DIGITS: Final = 20
"""A file of the log begins with its version in so many digits (Delta's protocol)."""


def copy_lake(lake: Lake, into: Path) -> dict[str, int]:
    """Copy every table as it is at one version of it; writers go on meanwhile.

    The files that a version names are not changed, and removed by nobody for as long as
    `visitjoin receiver compact` lets replaced files stay. Those of the log are never changed.

    into: a folder that may be missing. Returns the version of each table that there is.
    """
    versions = {}
    for table in LakeTable:
        url = f"{lake.url}/{table}"
        if DeltaTable.is_deltatable(url):
            delta = DeltaTable(url)
            versions[table.value] = delta.version()
            _copy(delta, url, into / table)
    return versions


def has_tables(lake: Lake) -> bool:
    """Whether there is a table in a lake."""
    return any(DeltaTable.is_deltatable(f"{lake.url}/{table}") for table in LakeTable)


def put_lake(copied: Path, lake: Lake) -> None:
    """Put the tables of a copy into a lake that has none."""
    for table in LakeTable:
        for path in sorted(_files_below(copied / table), key=_data_first):
            _put(copied / table / path, lake, table, path)


def _copy(delta: DeltaTable, url: str, into: Path) -> None:
    source = PyFileSystem(DeltaStorageHandler(url))
    named = [uri.removeprefix(f"{url}/") for uri in delta.file_uris()]
    for path in (*named, *_log_up_to(source, delta.version())):
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open_input_stream(path) as content, target.open("wb") as copy:
            shutil.copyfileobj(content, copy)


def _log_up_to(source: PyFileSystem, version: int) -> Iterator[str]:
    # `_last_checkpoint` is left out: it may be of a later version, and who reads does without it.
    for file in source.get_file_info(FileSelector(_LOG)):
        digits = file.base_name[:_VERSION_DIGITS]
        if file.type is FileType.File and digits.isdigit() and int(digits) <= version:
            yield f"{_LOG}/{file.base_name}"


def _files_below(folder: Path) -> Iterator[PurePosixPath]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield PurePosixPath(path.relative_to(folder))


def _data_first(path: PurePosixPath) -> tuple[bool, PurePosixPath]:
    """The log last, in its order: a table never names a file that is not there yet."""
    return path.parts[0] == _LOG, path


def _put(file: Path, lake: Lake, table: LakeTable, path: PurePosixPath) -> None:
    if is_folder(lake.url):
        target = Path(lake.url) / table / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        return
    with (
        file.open("rb") as content,
        store(f"{lake.url}/{table}").open_output_stream(str(path)) as copy,
    ):
        shutil.copyfileobj(content, copy)
