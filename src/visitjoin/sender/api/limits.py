"""A client keeps the limits of the API by itself: how fast it asks, and how often in a day.

How many requests run in parallel is the transport's to keep, for threads and tasks wait in
different ways. Nothing here waits: it says how long to wait.
"""

from collections import deque
from collections.abc import Callable
from datetime import UTC, date
from threading import RLock
from time import monotonic
from typing import Final

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.quotas import LIMITS_OF_METRICA, Limits
from visitjoin.sender.api.meaning import quota_spent, until_release
from visitjoin.sender.api.steps import Request

_ANNOUNCED_AT: Final = 0.8
"""Share of the quota at which it is announced: at 5,000 a day, 1,000 before the end."""


class Limiter:
    """Lets requests through one by one. Threads may share it, and so may clients of one token."""

    def __init__(
        self,
        limits: Limits = LIMITS_OF_METRICA,
        *,
        clock: Clock = system_clock,
        elapsed: Callable[[], float] = monotonic,
    ) -> None:
        """Begin with nothing asked.

        clock: the present moment, for the day. elapsed: seconds since any moment, never going
        back, for the pace.
        """
        self.limits = limits
        self.clock = clock
        self._elapsed = elapsed
        self._begun: deque[float] = deque(maxlen=limits.per_second)
        self._day = self._today()
        self._made = 0
        self._untold = 0
        self._announced = False
        self._on_request: Callable[[date], None] | None = None
        self._announce: Callable[[str], None] | None = None
        # Whoever is told of a request may ask how many are left.
        self._lock = RLock()

    def watch(
        self,
        *,
        made_today: int = 0,
        on_request: Callable[[date], None] | None = None,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        """Go on from the requests of earlier runs, and tell of each one from now on.

        made_today: requests of earlier runs on this day, of Greenwich. on_request: told the day of
        each request before it leaves, and of those that nobody was told of before this call; one
        call at a time, from the thread that asks. announce: told, once a day, a sentence when four
        fifths of the quota are spent.
        """
        with self._lock:
            self._turn_page()
            self._made = made_today + self._untold
            self._on_request, self._announce = on_request, announce
            untold, self._untold = self._untold, 0
            for _ in range(untold):
                self._tell()

    @property
    def left(self) -> int | None:
        """Requests that may still be made today; None where there is no quota."""
        if self.limits.per_day is None:
            return None
        with self._lock:
            self._turn_page()
            return max(0, self.limits.per_day - self._made)

    def admit(self, request: Request) -> float:
        """Count a request, and say how many seconds to wait before it may leave.

        Raises QuotaSpent where the day's requests are spent; the request must not leave.
        """
        with self._lock:
            self._count(request)
            return self._wait()

    def _count(self, request: Request) -> None:
        self._turn_page()
        per_day = self.limits.per_day
        if per_day is not None and self._made >= per_day:
            raise quota_spent(
                request, f"all {per_day:,} requests of the day are made", now=self.clock()
            )
        self._made += 1
        self._tell()
        if per_day is not None and self._made >= per_day * _ANNOUNCED_AT:
            self._announce_once(per_day)

    def _tell(self) -> None:
        if self._on_request is None:
            self._untold += 1
        else:
            self._on_request(self._day)

    def _announce_once(self, per_day: int) -> None:
        if self._announced or self._announce is None:
            return
        self._announced = True
        self._announce(
            f"{self._made:,} of the {per_day:,} requests that the API takes in a day are made; "
            f"{per_day - self._made:,} are left {until_release(self.clock())}."
        )

    def _turn_page(self) -> None:
        today = self._today()
        if today != self._day:
            self._day, self._made, self._untold, self._announced = today, 0, 0, False

    def _today(self) -> date:
        return self.clock().astimezone(UTC).date()

    def _wait(self) -> float:
        """Take the next free place among those of any one second."""
        per_second, now = self.limits.per_second, self._elapsed()
        if per_second is None:
            return 0.0
        is_full = len(self._begun) == per_second
        begin = max(now, self._begun[0] + 1.0) if is_full else now
        self._begun.append(begin)
        return begin - now
