"""Who carries uploadings to their last status, and what if a step fails?

One thread. What there is to do stands in the catalog, so nothing is lost with the thread, and one
uploading that fails again and again does not keep the others waiting.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Final

import structlog

from visitjoin.contract.uploads import UploadingId
from visitjoin.receiver.catalog.uploadings import Unfinished, unfinished
from visitjoin.receiver.life import Stores, carry_on
from visitjoin.receiver.spool import sweep

_log = structlog.get_logger()

SHORTEST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(minutes=5)
"""Between two attempts at an uploading that failed: doubled each time, up to the longest."""


@dataclass
class Worker:
    """The thread, and which uploadings it leaves alone for a while."""

    stores: Stores
    _woken: Event = field(default_factory=Event)
    _stopping: Event = field(default_factory=Event)
    _thread: Thread | None = None
    _failures: dict[UploadingId, tuple[int, datetime]] = field(default_factory=dict)

    def start(self) -> None:
        """Clear away what a crash left behind, and begin to work."""
        self._stopping.clear()
        needed = {uploading.folder for uploading in unfinished(self.stores.catalog)}
        swept = sweep(self.stores.settings.spool, needed)
        _log.info("worker_started", unfinished=len(needed), swept=swept)
        self._thread = Thread(target=self._run, name="visitjoin-worker", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def stop(self, grace: timedelta) -> None:
        """Stop after the uploading in hand; what waits is done after the next start."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(grace.total_seconds())
        _log.info("worker_stopped", at_rest=self.is_at_rest)

    @property
    def is_at_rest(self) -> bool:
        """Whether the thread has ended, or was never begun."""
        return self._thread is None or not self._thread.is_alive()

    def run_once(self) -> None:
        """Carry on with every uploading that is due, oldest first."""
        for uploading in unfinished(self.stores.catalog):
            if self._stopping.is_set():
                return
            if self._is_due(uploading):
                self._try(uploading)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                self.run_once()
            except Exception:  # noqa: BLE001 - the catalog may be away for a while; the thread must not end
                _log.exception("worker_failed")
                self._woken.wait(SHORTEST_WAIT.total_seconds())
                continue
            self._woken.wait(self._seconds_until_due())

    def _try(self, uploading: Unfinished) -> None:
        try:
            carry_on(self.stores, uploading)
        except Exception:  # noqa: BLE001 - whatever it is, the other uploadings are not to blame
            self._put_off(uploading)
        else:
            self._failures.pop(uploading.id, None)

    def _put_off(self, uploading: Unfinished) -> None:
        attempts = self._failures.get(uploading.id, (0, None))[0] + 1
        wait = min(SHORTEST_WAIT * 2 ** min(attempts - 1, 16), LONGEST_WAIT)
        self._failures[uploading.id] = (attempts, self.stores.clock() + wait)
        _log.exception(
            "uploading_put_off",
            uploading=uploading.id,
            attempts=attempts,
            wait_seconds=wait.total_seconds(),
        )

    def _is_due(self, uploading: Unfinished) -> bool:
        _, due = self._failures.get(uploading.id, (0, None))
        return due is None or self.stores.clock() >= due

    def _seconds_until_due(self) -> float | None:
        if not self._failures:
            return None
        soonest = min(due for _, due in self._failures.values())
        return max(0.05, (soonest - self.stores.clock()).total_seconds())
