"""Who carries uploadings to their last status, and what if a step fails?

Threads, of this process and of others over the same catalog. What there is to do stands in the
catalog, so nothing is lost with a thread, and one uploading that fails again and again does not
keep the others waiting.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread
from typing import Final, TypeAlias

import structlog

from visitjoin.contract.uploads import UploadingId
from visitjoin.receiver.catalog.leases import LeaseLost
from visitjoin.receiver.catalog.progress import Leases, Progress, is_needed, unfinished
from visitjoin.receiver.work.hits import HitsWork
from visitjoin.receiver.work.late import late_for, link_late_visits
from visitjoin.receiver.work.leasing import leased
from visitjoin.receiver.work.life import Stays, carry_on, never
from visitjoin.receiver.work.lots import in_lots
from visitjoin.receiver.work.priority import Rush, give_way
from visitjoin.receiver.work.spool import sweep
from visitjoin.receiver.work.stores import Stores

_log = structlog.get_logger()

SHORTEST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(minutes=5)
"""Between two attempts at an uploading that failed: doubled each time, up to the longest."""

_LETS_PASS: Final = timedelta(seconds=20)
"""How long, at most: a file of 1 GB is checked in 7 s on two cores. Where large uploads never end,
the work goes on beside them."""

Work: TypeAlias = Callable[[Stores, Leases], object]
"""What is done with a counter's uploadings while they are leased."""


@dataclass
class Worker:
    """The threads of this process, and which uploadings they leave alone for a while."""

    stores: Stores
    hits: HitsWork | None = None
    """What it does about hits; None: nothing."""
    stays: Stays = never
    rush: Rush = field(default_factory=Rush)
    """Whom it lets pass before it begins with uploadings."""
    _woken: Event = field(default_factory=Event)
    _stopping: Event = field(default_factory=Event)
    _threads: list[Thread] = field(default_factory=list)
    _failures: dict[UploadingId, tuple[int, datetime]] = field(default_factory=dict)

    def start(self) -> None:
        """Clear away what the dead left behind, and begin to work."""
        self._stopping.clear()
        swept = sweep(self.stores.settings.spool, partial(is_needed, self.stores.catalog))
        waiting = len(unfinished(self.stores.catalog))
        _log.info("worker_started", unfinished=waiting, swept=swept)
        self._threads = [
            Thread(target=self._run, name=f"visitjoin-worker-{number}", daemon=True)
            for number in range(self.stores.settings.workers)
        ]
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def stop(self, grace: timedelta) -> None:
        """Stop after what is in hand; what waits is done after the next start."""
        self._stopping.set()
        self._woken.set()
        for thread in self._threads:
            thread.join(grace.total_seconds() / len(self._threads))
        _log.info("worker_stopped", at_rest=self.is_at_rest)

    @property
    def is_at_rest(self) -> bool:
        """Whether the threads have ended, or were never begun."""
        return not any(thread.is_alive() for thread in self._threads)

    def run_once(self) -> None:
        """Carry on with everything that is due and that nobody else works on, oldest first."""
        with self.stores.lake.staying():
            self._make_visits()
            for uploading_ids, work in self._due():
                if self._stopping.is_set():
                    return
                self.rush.let_pass(_LETS_PASS, stopping=self._stopping)
                # Again, so that what was uploaded after a hit was answered finds its visit.
                self._make_visits()
                self._try(uploading_ids, work)

    def _make_visits(self) -> None:
        if self.hits is None:
            return
        try:
            self.hits.carry_on()
        except Exception:  # noqa: BLE001 - whatever it is, the uploadings are not to blame
            _log.exception("hits_put_off")

    def _due(self) -> Iterator[tuple[Sequence[UploadingId], Work]]:
        yield from self._unfinished()
        for waiting in late_for(self.stores):
            for lot in self._in_lots(waiting, link_late_visits):
                yield lot
                # One import may concern a thousand uploadings: a new one does not wait for them.
                yield from self._unfinished()

    def _unfinished(self) -> Iterator[tuple[Sequence[UploadingId], Work]]:
        work = partial(carry_on, stays=self.stays)
        return self._in_lots(unfinished(self.stores.catalog), work)

    def _in_lots(
        self, waiting: Iterable[Progress], work: Work
    ) -> Iterator[tuple[Sequence[UploadingId], Work]]:
        due = (uploading for uploading in waiting if self._is_due(uploading.id))
        return (([uploading.id for uploading in lot], work) for lot in in_lots(due))

    def _run(self) -> None:
        give_way()
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                self.run_once()
            except Exception:  # noqa: BLE001 - the catalog may be away for a while; the thread must not end
                _log.exception("worker_failed")
                self._woken.wait(SHORTEST_WAIT.total_seconds())
                continue
            self._woken.wait(self._seconds_until_due())

    def _try(self, uploading_ids: Sequence[UploadingId], work: Work) -> None:
        try:
            with leased(self.stores, uploading_ids) as leases:
                if leases:
                    work(self.stores, leases)
        except LeaseLost:
            _log.warning("lease_lost", uploadings=list(uploading_ids))
        except Exception:  # noqa: BLE001 - whatever it is, the other uploadings are not to blame
            if len(uploading_ids) == 1:
                self._put_off(uploading_ids[0])
                return
            # Which of them it was shows when each goes alone.
            _log.warning("lot_taken_apart", uploadings=list(uploading_ids), exc_info=True)
            for uploading_id in uploading_ids:
                self._try([uploading_id], work)
        else:
            for uploading_id in uploading_ids:
                self._failures.pop(uploading_id, None)

    def _put_off(self, uploading_id: UploadingId) -> None:
        attempts = self._failures.get(uploading_id, (0, None))[0] + 1
        wait = min(SHORTEST_WAIT * 2 ** min(attempts - 1, 16), LONGEST_WAIT)
        self._failures[uploading_id] = (attempts, self.stores.clock() + wait)
        _log.exception(
            "uploading_put_off",
            uploading=uploading_id,
            attempts=attempts,
            wait_seconds=wait.total_seconds(),
        )

    def _is_due(self, uploading_id: UploadingId) -> bool:
        _, due = self._failures.get(uploading_id, (0, None))
        return due is None or self.stores.clock() >= due

    def _seconds_until_due(self) -> float:
        look = self.stores.clock() + self.stores.settings.look_around
        failures = list(self._failures.values())  # other threads write there
        soonest = min([look, *(due for _, due in failures)])
        return max(0.05, (soonest - self.stores.clock()).total_seconds())
