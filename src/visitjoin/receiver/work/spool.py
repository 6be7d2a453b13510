"""Where are the files of an uploading that is still on its way?

Each has a folder of its own, named after the process that received it. The catalog names the
folders of the uploadings that were answered; any other folder belongs to a request that is running,
or whose process died, and those are swept away at the next start.
"""

import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from visitjoin.disk.durable import sync
from visitjoin.receiver.work.alive import bury, is_dead, name_here


@dataclass(frozen=True)
class Folder:
    """The files of one uploading."""

    path: Path

    @property
    def name(self) -> str:
        """What the catalog calls it."""
        return self.path.name

    @property
    def source(self) -> Path:
        """The file as it was received."""
        return self.path / "source.csv"

    @property
    def conversions(self) -> Path:
        """The rows that passed the checks: contract.tables.CONVERSION, of calls CALL as well."""
        return self.path / "conversions.parquet"

    @property
    def rejects(self) -> Path:
        """The rows that did not: contract.tables.REJECT."""
        return self.path / "rejects.parquet"

    @property
    def links(self) -> Path:
        """What became of the conversions: contract.tables.LINK. Complete, where it is there."""
        return self.path / "links.parquet"

    @property
    def checked(self) -> Path:
        """The rows of a table that was checked and is not uploaded yet, in the API's form."""
        return self.path / "checked.csv"

    @property
    def findings(self) -> Path:
        """What the check has found. Complete, where it is there."""
        return self.path / "findings.json"

    def new_attempt(self) -> "Attempt":
        """A place for links while they are being computed, which nobody else knows."""
        attempt = Attempt(self.path / uuid.uuid4().hex)
        attempt.path.mkdir()
        return attempt

    def sync(self) -> None:
        """Wait until the rows, and the folder's place in the spool, are on disk."""
        sync(self.conversions, self.rejects, self.path, self.path.parent)

    def remove(self) -> None:
        """Remove the folder; nothing happens where it is gone already."""
        shutil.rmtree(self.path, ignore_errors=True)


@dataclass(frozen=True)
class Attempt:
    """The files of one try at linking an uploading: who lost its lease may still write to them."""

    path: Path

    @property
    def conversions(self) -> Path:
        """Those of the uploading's conversions that a visit is sought for."""
        return self.path / "conversions.parquet"

    @property
    def found(self) -> Path:
        """What became of them: contract.tables.LINK."""
        return self.path / "found.parquet"

    @property
    def links(self) -> Path:
        """What is to go into the lake."""
        return self.path / "links.parquet"


def new_folder(spool: Path) -> Folder:
    """An empty folder in the spool."""
    folder = Folder(spool / f"{name_here(spool.parent)}-{uuid.uuid4().hex}")
    folder.path.mkdir(parents=True)
    return folder


def sweep(spool: Path, is_needed: Callable[[str], bool]) -> int:
    """Remove the folders of dead processes that no uploading needs.

    is_needed: whether one does, by the folder's name.

    Returns how many went.
    """
    spool.mkdir(parents=True, exist_ok=True)
    swept = 0
    for path in spool.iterdir():
        # In this order: only of a dead process it is certain that it records no more uploadings.
        if is_dead(spool.parent, path.name.partition("-")[0]) and not is_needed(path.name):
            Folder(path).remove()
            swept += 1
    bury(spool.parent)
    return swept
