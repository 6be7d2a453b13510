"""What is done about hits and their visits now and then: old hits go, and so do replaced files.

Beside the work, every hour: hits come all day, and with every few seconds of them a file or two.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from visitjoin.receiver.catalog.collecting import collected
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.lake.compacting import compact, files_of_table, tidy
from visitjoin.receiver.lake.hits import files_of_hits, forget_hits
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable

_log = structlog.get_logger()

_EVERY: Final = timedelta(hours=1)

_MOST_FILES: Final = 200
"""Of hits, before they are joined: a reader opens them all, each in about a millisecond."""

_REPLACED: Final = timedelta(hours=3)
"""How long a replaced file stays for who reads it: no join or report takes as long. A backup of a
lake that does has to be repeated."""


@dataclass
class Keeping:
    """Remembers when it was done last."""

    _tended_at: datetime | None = None

    def tend(self, lake: Lake, catalog: Catalog, *, now: datetime) -> None:
        """Do what is due. now: aware."""
        if self._tended_at is None:
            self._tended_at = now  # not among the first things of a process
        if now - self._tended_at < _EVERY:
            return
        self._tended_at = now
        for counter_id in {
            file.counter_id for file in files_of_hits(lake, lake.open(LakeTable.HITS))
        }:
            if settings := collected(catalog, counter_id):
                oldest = now - timedelta(days=settings.settings.hits_days)
                forget_hits(lake, counter_id, before=oldest)
        if files_of_table(lake, LakeTable.HITS) > _MOST_FILES:
            compact(lake, LakeTable.HITS)
        removed = sum(tidy(lake, table, replaced=_REPLACED) for table in _TABLES)
        _log.info("hits_tended", files_removed=removed)


_TABLES: Final = (LakeTable.HITS, LakeTable.VISITS)
