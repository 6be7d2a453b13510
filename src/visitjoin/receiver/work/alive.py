"""Which processes work on a folder, and which of them are dead?

Each has a file there, and a lock on it that the system takes away when the process ends, however it
ends. So a name whose file is locked is that of a living process, and every other name is that of a
dead one. On a file system of several machines the locks must hold among them.
"""

import fcntl
import os
import uuid
from pathlib import Path
from threading import Lock
from typing import Final

_entered: Final[dict[Path, tuple[str, int]]] = {}
"""By folder: this process's name there, and the descriptor that has the lock."""
_entering: Final = Lock()


def name_here(data: Path) -> str:
    """This process's name among those that work on a folder."""
    data = data.absolute()
    with _entering:
        if data not in _entered:
            _entered[data] = _enter(data)
        return _entered[data][0]


def leave(data: Path) -> None:
    """Work on a folder no longer. What still carries this process's name is then of a dead one."""
    data = data.absolute()
    with _entering:
        if data in _entered:
            name, descriptor = _entered.pop(data)
            _file(data, name).unlink(missing_ok=True)
            os.close(descriptor)


def is_dead(data: Path, name: str) -> bool:
    """Whether the process of that name works on the folder no longer."""
    try:
        descriptor = os.open(_file(data, name), os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def bury(data: Path) -> None:
    """Remove the files of the dead."""
    for file in (data / "alive").glob("[!.]*"):
        if is_dead(data, file.name):
            file.unlink(missing_ok=True)


def _enter(data: Path) -> tuple[str, int]:
    name = uuid.uuid4().hex
    (data / "alive").mkdir(parents=True, exist_ok=True)
    born = _file(data, f".{name}")
    descriptor = os.open(born, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    # Seen only with its lock: without it, it would be taken for that of a dead process.
    born.rename(_file(data, name))
    return name, descriptor


def _file(data: Path, name: str) -> Path:
    return data / "alive" / name
