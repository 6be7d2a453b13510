"""Who goes first where the machine has not enough for everybody?

Who waits for an answer. An uploading was answered when it was on disk, and nobody waits for the
join that follows, which takes every core there is.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

_BEHIND: Final = 10
"""Half of the way down: a thread gets about a ninth of what one at 0 gets (measured: 14 rounds to
127, three threads of each on two cores), so the work goes on under load, too. Where nobody else
wants the cores it has them all."""


def give_way() -> None:
    """Put this thread, and those that it will start, behind the other threads of the process.

    Linux only, where each thread has a nice value of its own and hands it on to threads that it
    starts: those of DuckDB's joins, of which each has its own, and that which renews the lease.
    deltalake's threads belong to the process, and go as far behind as whoever needs them first.
    Elsewhere the value would be the whole process's, so nothing happens.
    """
    if sys.platform != "linux":
        return
    thread = threading.get_native_id()
    # Never forward: a process that was itself put further behind may not come back.
    behind = max(_BEHIND, os.getpriority(os.PRIO_PROCESS, thread))
    os.setpriority(os.PRIO_PROCESS, thread, behind)


_LOOK: Final = 0.5
"""Seconds after which who lets others pass looks whether it is to stop."""


class Rush:
    """Who waits for an answer that takes every core there is.

    Even from behind, a join takes a tenth of the cores from the check of a large file: of four at
    once the last were answered later than they could be.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting = 0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """For the length of the block, somebody waits."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._changed:
            self._waiting += change
            self._changed.notify_all()

    def let_pass(self, most: timedelta, *, stopping: threading.Event) -> None:
        """Wait until nobody waits for an answer, or a time is over, or this is to stop."""
        looks = round(most.total_seconds() / _LOOK)
        with self._changed:
            while self._waiting and looks > 0 and not stopping.is_set():
                # Woken before, because one of several has passed, it looks once less: no harm.
                self._changed.wait(_LOOK)
                looks -= 1
