"""Who goes first where the machine has not enough for everybody?

Who waits for an answer. An uploading was answered when it was on disk, and nobody waits for the
join that follows, which takes every core there is.
"""

import os
import sys
import threading
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
