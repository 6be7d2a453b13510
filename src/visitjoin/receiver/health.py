"""Can the receiver do its work, and if not, which part of it fails?

Every part is tried and not asked: a file is written, the catalog answers a question. What is told
are sentences of ours alone: an error of a database or of a system may hold an address or a name.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

import structlog
from deltalake import DeltaTable
from sqlalchemy import text

from visitjoin.linking.addresses import is_folder
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.config import Settings
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.work.worker import Worker

_log = structlog.get_logger()


class Part(StrEnum):
    """What a receiver cannot work without."""

    CATALOG = "catalog"
    LAKE = "lake"
    SPOOL = "spool"
    WORKER = "worker"


@dataclass(frozen=True)
class Health:
    """Looks at the parts of one receiver."""

    settings: Settings
    catalog: Catalog
    worker: Worker

    def faults(self) -> dict[Part, str | None]:
        """What is wrong with each part, as a sentence; None where nothing is."""
        return {part: self._fault(part, look) for part, look in _LOOKS.items()}

    def _fault(self, part: Part, look: Callable[["Health"], str | None]) -> str | None:
        try:
            return look(self)
        except Exception as error:  # noqa: BLE001 - whatever it is, the part does not work
            _log.warning("unhealthy", part=part.value, error=type(error).__name__)
            return _FAILS[part]


def _catalog(health: Health) -> None:
    with health.catalog.connect() as connection:
        connection.execute(text("select 1"))


def _lake(health: Health) -> None:
    url = health.settings.lake
    if is_folder(url):
        Path(url).mkdir(parents=True, exist_ok=True)
        _write(Path(url))
    else:
        # Whether there is a table or not: the store was asked, and answered.
        DeltaTable.is_deltatable(f"{url}/{LakeTable.VISITS}")


def _spool(health: Health) -> str | None:
    _write(health.settings.spool)
    needed = health.settings.largest_file
    free = shutil.disk_usage(health.settings.spool).free
    if free >= needed:
        return None
    return f"The spool has {free:,} bytes left, and the largest upload has {needed:,}."


def _worker(health: Health) -> str | None:
    return _FAILS[Part.WORKER] if health.worker.is_at_rest else None


def _write(folder: Path) -> None:
    with TemporaryFile(dir=folder) as file:
        file.write(b"?")


_LOOKS: Final[dict[Part, Callable[[Health], str | None]]] = {
    Part.CATALOG: _catalog,
    Part.LAKE: _lake,
    Part.SPOOL: _spool,
    Part.WORKER: _worker,
}

_FAILS: Final = {
    Part.CATALOG: "The catalog does not answer.",
    Part.LAKE: "The lake cannot be written to, or its store does not answer.",
    Part.SPOOL: "The spool cannot be written to.",
    Part.WORKER: "The worker does not run: uploads are taken, and nothing becomes of them.",
}
