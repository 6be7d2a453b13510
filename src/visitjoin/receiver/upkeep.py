"""What is done about a receiver's tables now and then, beside the receiver?"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import stamina
from deltalake.exceptions import CommitFailedError

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.errors import EngineError, SettingError
from visitjoin.contract.window import WINDOW
from visitjoin.receiver.catalog.aging import all_ended_before
from visitjoin.receiver.catalog.copying import as_it_is
from visitjoin.receiver.config import Settings
from visitjoin.receiver.lake.compacting import TRIES, compact, files_of_table, tidy
from visitjoin.receiver.lake.forgetting import forget_uploadings, forget_visits
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable

REPLACED: Final = timedelta(hours=24)
"""How long a file stays that was replaced: no query, join or backup takes a day."""

SHORTEST_REPLACED: Final = timedelta(hours=1)
"""A join of 20 million visits takes seconds, a copy of a large lake many minutes."""


@dataclass(frozen=True, kw_only=True)
class Upkeep:
    """What is to be kept, and for how long."""

    keep: timedelta | None = None
    """How long the rows of an uploading are kept after it was accepted; None: for ever."""
    replaced: timedelta = REPLACED
    """How long a file stays after it was replaced, for who still reads it."""

    def check(self) -> None:
        """Raises SettingError where facts or files would go that are still needed."""
        if self.keep is not None and self.keep < WINDOW:
            raise SettingError(
                f"Rows are kept for at least {WINDOW.days} days: so long visits may still come "
                "that they link to."
            )
        if self.replaced < SHORTEST_REPLACED:
            raise SettingError("Replaced files stay for at least 1 hour: somebody may read them.")


@dataclass(frozen=True, kw_only=True)
class Tended:
    """What became of one table."""

    table: str
    files_before: int
    files_after: int
    """That a reader of the whole table opens."""
    removed: int
    """Files that nobody needs any more."""


def tend(settings: Settings, upkeep: Upkeep, *, clock: Clock = system_clock) -> list[Tended]:
    """Forget what is too old, where that is asked for, and compact every table.

    settings: of the receiver, which may run. May be repeated after any failure.

    Raises SettingError where there is no receiver's folder or `upkeep` is not safe, and
    EngineError where the receiver changed the same files at the same time, again and again.
    """
    upkeep.check()
    settings.check_worked_on()
    lake = Lake(settings.lake, memory_limit=settings.memory_limit, spill=settings.spill)
    before = {table: files_of_table(lake, table) for table in LakeTable}
    try:
        if upkeep.keep is not None:
            _forget(settings, lake, upkeep.keep, clock)
        return [_tend(lake, table, upkeep, before[table]) for table in LakeTable]
    except CommitFailedError as error:
        raise EngineError(
            f"The receiver changed the same files {TRIES} times while they were compacted. "
            "Nothing is lost: run it again when fewer visits are imported.",
            query="compact",
        ) from error


@stamina.retry(on=CommitFailedError, attempts=TRIES, timeout=None)
def _forget(settings: Settings, lake: Lake, keep: timedelta, clock: Clock) -> None:
    oldest = clock() - keep
    with as_it_is(settings.catalog) as catalog:
        forget_uploadings(lake, all_ended_before(catalog, oldest))
    # Rows that are kept are linked to visits that began up to a window before they came.
    forget_visits(lake, oldest - WINDOW)


def _tend(lake: Lake, table: LakeTable, upkeep: Upkeep, before: int) -> Tended:
    compact(lake, table)
    removed = tidy(lake, table, replaced=upkeep.replaced)
    return Tended(
        table=table.value,
        files_before=before,
        files_after=files_of_table(lake, table),
        removed=removed,
    )
