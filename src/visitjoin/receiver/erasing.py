"""How is one visitor forgotten, wherever a receiver keeps something?

On its machine, over its folder, catalog and lake; the receiver may run. What is still on its way
into the lake, a hit in a journal or an uploading, is waited for, or is in the way.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deltalake.exceptions import CommitFailedError

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.errors import EngineError, SettingError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.receiver.catalog.audit import Written, note
from visitjoin.receiver.catalog.corrections import forget_in_corrections
from visitjoin.receiver.catalog.counters import counter
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.progress import unfinished
from visitjoin.receiver.collect.journal_file import waiting
from visitjoin.receiver.config import Settings
from visitjoin.receiver.issuing import CONSOLE, existing_catalog
from visitjoin.receiver.lake.compacting import TRIES
from visitjoin.receiver.lake.erasing import Erased, erase, names_of, remove_traces
from visitjoin.receiver.lake.lake import Lake

KINDS: Final = (IdentifierKind.CLIENT_ID, IdentifierKind.USER_ID)
"""By what a visitor may be named: a yclid or a purchase is of one visit."""

_LONGEST_WAIT: Final = 60.0
"""Seconds for a receiver to take its journals in: it looks every few seconds."""
_LOOK: Final = 0.5

Sleep = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What was removed of a visitor, or lost what named them."""

    rows: Erased
    corrections: int

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was there."""
        return self == Forgotten(rows=Erased(), corrections=0)


def forget_visitor(
    settings: Settings,
    counter_id: int,
    kind: IdentifierKind,
    identifier: str,
    *,
    clock: Clock = system_clock,
    sleep: Sleep = time.sleep,
) -> Forgotten:
    """Forget one visitor of a counter. On disk when this returns; may be repeated.

    settings: of the receiver, which may run. kind: one of KINDS.

    Raises SettingError where there is no receiver's folder, no such counter, or something that may
    name the visitor is on its way; EngineError where the receiver changed the same files again and
    again.
    """
    settings.check_worked_on()
    lake = Lake(settings.lake, memory_limit=settings.memory_limit, spill=settings.spill)
    with existing_catalog(settings.catalog) as catalog:
        _check(catalog, counter_id, clock)
        _wait_for_journals(settings.hits, sleep)
        names = names_of(lake, counter_id, kind, identifier)
        try:
            rows = erase(lake, counter_id, names)
            remove_traces(lake)
        except CommitFailedError as error:
            raise EngineError(
                f"The receiver changed the same files {TRIES} times meanwhile. Run it again: what "
                "is gone stays gone.",
                query="forget",
            ) from error
        corrections = forget_in_corrections(catalog, counter_id, names.by_kind)
        note(
            catalog,
            Written(
                made_at=clock(),
                made_by=CONSOLE,
                action="forget",
                counter_id=counter_id,
                result="done",
            ),
        )
    return Forgotten(rows=rows, corrections=corrections)


def _check(catalog: Catalog, counter_id: int, clock: Clock) -> None:
    if counter(catalog, counter_id, now=clock()) is None:
        raise SettingError(f"There is no counter {counter_id}.")
    on_their_way = [each.id for each in unfinished(catalog) if each.counter_id == counter_id]
    if on_their_way:
        raise SettingError(
            f"Uploading {on_their_way[0]} of the counter is on its way, and may name the visitor. "
            "Run it again when it has ended."
        )


def _wait_for_journals(folder: Path, sleep: Sleep) -> None:
    """Wait until the hits that were answered before this are in the lake."""
    before = waiting(folder)
    waited = 0.0
    while before & waiting(folder):
        if waited >= _LONGEST_WAIT:
            raise SettingError(
                "Hits that may be the visitor's wait for a receiver to take them in. Start it, or "
                "look at its log, and run this again."
            )
        sleep(_LOOK)
        waited += _LOOK
