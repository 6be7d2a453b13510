"""What is in a backup, and is it what was put there?"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from visitjoin.contract.errors import SourceError
from visitjoin.contract.version import __version__
from visitjoin.disk.durable import sync, sync_with_folders

NAME: Final = "manifest.json"


class File(Struct, frozen=True):
    """A file of a backup."""

    path: str
    """From the backup's folder."""
    bytes: int
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True):
    """Everything that belongs to a backup. Written last: without it a folder is none."""

    made_at: datetime
    """In UTC."""
    version: str = __version__
    """Of the program that made it."""
    catalog: str
    """sqlite: it is in the backup. postgresql: it is wherever pg_dump put it."""
    files: tuple[File, ...]

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files)


def write_manifest(folder: Path, *, made_at: datetime, catalog: str) -> Manifest:
    """Write down every file of a backup, and wait until all of it is on disk."""
    paths = sorted(_files(folder))
    sync_with_folders(paths, up_to=folder)
    files = tuple(_file(folder, path) for path in paths)
    manifest = Manifest(made_at=made_at, catalog=catalog, files=files)
    written = folder / NAME
    written.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    sync(written, folder)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup whose files are as they were written.

    Raises SourceError where the folder is no backup, or a file of it is missing or damaged.
    """
    try:
        manifest = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(
            f"No whole backup: there is no readable {NAME}. Name a folder that "
            "`visitjoin receiver backup` finished writing.",
            path=folder,
        ) from error
    for file in manifest.files:
        path = folder / file.path
        if not path.is_file() or _file(folder, path) != file:
            raise SourceError(
                "This file of the backup is missing or damaged. Take another backup.", path=path
            )
    return manifest


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.name != NAME)


def _file(folder: Path, path: Path) -> File:
    with path.open("rb") as content:
        digest = file_digest(content, "sha256").hexdigest()
    return File(path.relative_to(folder).as_posix(), path.stat().st_size, digest)
