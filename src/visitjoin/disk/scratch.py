"""Folders for what is needed for a while, which go away also where their process was killed.

Python's own temporary folders stay then, with the conversions of people in them. Here each folder
holds a file that its process has locked. The lock is the kernel's and ends with the process,
however it ends: a folder whose lock is free was left behind, and whoever makes the next one removes
it.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp
from typing import Final

_PREFIX: Final = "visitjoin-scratch-"
_LOCK: Final = "in-use"


@contextmanager
def scratch(beside: Path | None = None) -> Iterator[Path]:
    """A new folder, its owner's alone, for as long as the context lasts.

    beside: the folder that it is made in; None for that of temporary files (TMPDIR). What dead
    processes of this user left there goes first.
    """
    around = beside or Path(gettempdir())
    _sweep(around)
    folder = Path(mkdtemp(prefix=_PREFIX, dir=around))
    try:
        lock = _locked(folder)
        try:
            yield folder
        finally:
            os.close(lock)
    finally:
        rmtree(folder, ignore_errors=True)


def _locked(folder: Path) -> int:
    """Lock a folder. It is locked before it has the name by which others look for a lock."""
    unnamed = folder / f"{_LOCK}.new"
    lock = os.open(unnamed, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    unnamed.rename(folder / _LOCK)
    return lock


def _sweep(around: Path) -> None:
    # Not by a pattern: the folder of temporary files may hold thousands of other names.
    with os.scandir(around) as entries:
        left = [Path(entry) for entry in entries if entry.name.startswith(_PREFIX)]
    for folder in left:
        try:
            if _is_ours(folder):
                _remove_unless_used(folder)
        except OSError:
            # Somebody else removes it just now, or it is not as we make one: it is not for us.
            continue


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder that this user made and nobody else can write to. No link is one."""
    found = folder.lstat()
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.geteuid()
        and stat.S_IMODE(found.st_mode) == stat.S_IRWXU
    )


def _remove_unless_used(folder: Path) -> None:
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        rmtree(folder)
    finally:
        os.close(lock)
