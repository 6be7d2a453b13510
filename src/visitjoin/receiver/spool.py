"""Where are the files of an uploading that is still on its way?

Each has a folder of its own. The catalog names the folders of the uploadings that were answered;
any other folder belongs to a request that died, and is swept away at the next start.
"""

import shutil
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from visitjoin.disk.durable import sync


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
    def dynamic_calls(self) -> Path:
        """Those of the rows that can belong to a visit, where they are calls."""
        return self.path / "dynamic.parquet"

    @property
    def dynamic_links(self) -> Path:
        """What became of them."""
        return self.path / "dynamic.links.parquet"

    @property
    def rejects(self) -> Path:
        """The rows that did not: contract.tables.REJECT."""
        return self.path / "rejects.parquet"

    @property
    def links(self) -> Path:
        """What became of the conversions: contract.tables.LINK. Complete, where it is there."""
        return self.path / "links.parquet"

    @property
    def unfinished_links(self) -> Path:
        """The links while they are being computed."""
        return self.path / "links.unfinished.parquet"

    def sync(self) -> None:
        """Wait until the rows, and the folder's place in the spool, are on disk."""
        sync(self.conversions, self.rejects, self.path, self.path.parent)

    def remove(self) -> None:
        """Remove the folder; nothing happens where it is gone already."""
        shutil.rmtree(self.path, ignore_errors=True)


def new_folder(spool: Path) -> Folder:
    """An empty folder in the spool."""
    folder = Folder(spool / uuid.uuid4().hex)
    folder.path.mkdir(parents=True)
    return folder


def sweep(spool: Path, keep: Collection[str]) -> int:
    """Remove every folder that no uploading needs. keep: their names. Returns how many went."""
    spool.mkdir(parents=True, exist_ok=True)
    left = [path for path in spool.iterdir() if path.name not in keep]
    for path in left:
        Folder(path).remove()
    return len(left)
