"""A sandbox in a process of its own, which ends with the process that started it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Final

_STOP: Final = 30.0
"""Seconds until a sandbox that does not stop is killed: what is running there gets two."""


@dataclass(frozen=True)
class Process:
    """A sandbox that begins. It writes a line to its output when it answers."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]
    """What it writes to standard error."""


@contextmanager
def started() -> Iterator[Process]:
    """Start a sandbox. It is stopped when the context ends, and its log is gone."""
    # A file without a name: nothing is left of it where this process is killed.
    with TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "_visitjoin_testing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            yield Process(process, log)
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
