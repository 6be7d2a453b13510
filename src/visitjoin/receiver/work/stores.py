"""What does everybody work on who works on an uploading?"""

from dataclasses import dataclass

from visitjoin.contract.clock import Clock
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.progress import Progress
from visitjoin.receiver.config import Settings
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.work.spool import Folder


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The catalog, the lake, and the folder of this receiver."""

    settings: Settings
    catalog: Catalog
    lake: Lake
    clock: Clock

    def folder(self, uploading: Progress) -> Folder:
        """The files of an uploading."""
        return Folder(self.settings.spool / uploading.folder)
