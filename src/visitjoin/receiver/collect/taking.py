"""How do the hits of the journals get into the lake?"""

from collections.abc import Callable
from pathlib import Path

import structlog

from visitjoin.receiver.collect.journal_file import open_files, seal_torn, sealed
from visitjoin.receiver.collect.robots import is_robot
from visitjoin.receiver.lake.hits import keep_hits
from visitjoin.receiver.lake.lake import Lake

_log = structlog.get_logger()


def is_something_sealed(folder: Path, *, is_dead: Callable[[str], bool]) -> bool:
    """Whether there are hits to take. is_dead: as below."""
    return bool(sealed(folder)) or any(is_dead(owner) for owner, _ in open_files(folder))


def take_journals(lake: Lake, folder: Path, *, is_dead: Callable[[str], bool]) -> int:
    """Put the hits of all journals into the lake that nobody writes to any more.

    folder: of the journals. is_dead: whether the process of that name works no longer. By one at a
    time; may be repeated after any failure.

    Returns how many hits came.
    """
    for owner, path in open_files(folder):
        if is_dead(owner):
            seal_torn(path)
            _log.info("journal_recovered")
    taken = 0
    for owner, number, path in sealed(folder):
        taken += keep_hits(lake, path, owner=owner, number=number, is_robot=is_robot)
        # Not before: its rows are on disk, and so is the word that they are.
        path.unlink(missing_ok=True)
    return taken
