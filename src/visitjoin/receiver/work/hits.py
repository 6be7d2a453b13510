"""How do the hits that were answered become visits?

Under one lease for all counters: journals into the lake, then visits of them, then, every now and
then, the word to uploadings that wait for a visit. Each step may be repeated.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from visitjoin.receiver.catalog.collecting import collected
from visitjoin.receiver.collect.journal import Journal
from visitjoin.receiver.collect.keeping import Keeping
from visitjoin.receiver.collect.taking import is_something_sealed, take_journals
from visitjoin.receiver.lake.visits_of_hits import (
    announce_visits,
    batches_to_do,
    counters_to_announce,
    make_visits,
)
from visitjoin.receiver.work.alive import is_dead
from visitjoin.receiver.work.leasing import leased_by_name
from visitjoin.receiver.work.stores import Stores

_log = structlog.get_logger()

LEASE: Final = "hits"


@dataclass
class HitsWork:
    """What this process does about hits, its own and those that dead processes left."""

    stores: Stores
    journal: Journal | None = None
    """Where hits come in; None where this process takes none."""
    _is_behind: bool = True
    """Whether there may be hits in the lake of which no visits are made, or visits that are not
    told: nobody has looked yet."""
    _announced: dict[int, datetime] = field(default_factory=dict)
    """By counter: when its visits were told last, by this process."""
    _untold: set[int] = field(default_factory=set)
    """Counters with visits that are not told yet."""
    _keeping: Keeping = field(default_factory=Keeping)

    def carry_on(self) -> None:
        """Make visits of all hits that were answered before this."""
        if self.journal is not None and not self.journal.is_empty:
            self.journal.seal()
        if not self._is_needed():
            return
        with leased_by_name(self.stores, LEASE) as lease:
            if lease is not None:
                self._carry_on()

    def _is_needed(self) -> bool:
        settings = self.stores.settings
        return (
            self._is_behind
            or any(self._may_tell(counter_id) for counter_id in self._untold)
            or is_something_sealed(settings.hits, is_dead=partial(is_dead, settings.data))
        )

    def _carry_on(self) -> None:
        stores = self.stores
        taken = take_journals(
            stores.lake, stores.settings.hits, is_dead=partial(is_dead, stores.settings.data)
        )
        was_behind, self._is_behind = self._is_behind, True
        for counter_id in batches_to_do(stores.lake):
            self._make_visits(counter_id)
        if was_behind:
            self._untold |= counters_to_announce(stores.lake)
        self._is_behind = False
        for counter_id in [each for each in self._untold if self._may_tell(each)]:
            self._tell(counter_id)
        if taken:
            _log.info("hits_taken", hits=taken)
            self._keeping.tend(stores.lake, stores.catalog, now=stores.clock())

    def _make_visits(self, counter_id: int) -> None:
        settings = collected(self.stores.catalog, counter_id)
        if settings is None:
            return  # its catalog was put back from before the counter
        may_tell = self._may_tell(counter_id)
        made = make_visits(
            self.stores.lake, counter_id, threshold=settings.visit_threshold, announce=may_tell
        )
        if may_tell:
            self._announced[counter_id] = self.stores.clock()
            self._untold.discard(counter_id)
        elif made.visits or made.gone:
            self._untold.add(counter_id)
        _log.info("visits_made", counter=counter_id, visits=made.visits, gone=made.gone)

    def _tell(self, counter_id: int) -> None:
        announce_visits(self.stores.lake, counter_id)
        self._announced[counter_id] = self.stores.clock()
        self._untold.discard(counter_id)

    def _may_tell(self, counter_id: int) -> bool:
        told = self._announced.get(counter_id)
        every = self.stores.settings.announce_visits
        return told is None or abs(self.stores.clock() - told) >= every
