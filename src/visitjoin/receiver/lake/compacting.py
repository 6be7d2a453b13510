"""How do many small files become few large ones, and when do the small ones go?

Every uploading appends files of its own, and a reader opens them all. Compaction writes their rows
into larger files and replaces them in one commit, which changes no row; Delta lets it through
beside appends, and refuses it where somebody replaced one of the files first. A replaced file stays
until a vacuum, for who still reads it.
"""

from datetime import timedelta
from typing import Final

import stamina
from deltalake.exceptions import CommitFailedError

from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable

TRIES: Final = 5
"""Of a change that was refused because somebody was faster: an import of visits replaces files too,
and comes a few times a day."""


@stamina.retry(on=CommitFailedError, attempts=TRIES, timeout=None)
def compact(lake: Lake, table: LakeTable) -> None:
    """Join the small files of a table. On disk when this returns.

    Raises CommitFailedError where somebody was faster five times.
    """
    before = lake.open(table)
    delta = lake.open(table)
    # One at a time: the receiver needs the memory for what it does meanwhile.
    delta.optimize.compact(max_concurrent_tasks=1)
    lake.settle_after(before)


def tidy(lake: Lake, table: LakeTable, *, replaced: timedelta) -> int:
    """Shorten the log of a table, and remove files that nobody needs.

    replaced: how long ago a file was replaced, or was written without ever being part of the
    table, for it to go: longer than any query, join, import or backup takes.

    Returns how many files went.
    """
    delta = lake.open(table)
    delta.create_checkpoint()
    delta.cleanup_metadata()
    removed = delta.vacuum(
        retention_hours=int(replaced / timedelta(hours=1)),
        dry_run=False,
        enforce_retention_duration=False,  # Delta's own is a week
        full=True,  # also what a process left that died between a file and its commit
    )
    return len(removed)


def files_of_table(lake: Lake, table: LakeTable) -> int:
    """How many files a reader of the whole table opens."""
    return len(lake.open(table).file_uris())
