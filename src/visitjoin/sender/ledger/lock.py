"""One writer at a time. Who comes second is told who holds the ledger.

The lock is the kernel's and ends with the process, however it ends; the text in the file is only
for people.
"""

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from visitjoin.contract.errors import LedgerError


@contextmanager
def held(ledger: Path, *, now: datetime) -> Iterator[None]:
    """Hold a ledger while the context lasts. now: aware, for whoever comes second.

    Raises LedgerError at once where another process holds it; it names the process.
    """
    ledger.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ledger.with_suffix(".lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LedgerError(
                f"In use by {_holder(file)}. One writer at a time: wait until it has ended, or "
                "end it; nothing is lost by that.",
                path=ledger,
            ) from None
        _sign(file, now)
        yield


def _sign(file: TextIO, now: datetime) -> None:
    command = " ".join(["visitjoin", *sys.argv[1:2]])
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid(), "command": command, "since": now.isoformat()}))
    file.flush()


def _holder(file: TextIO) -> str:
    with suppress(ValueError, KeyError):
        file.seek(0)
        holder = json.load(file)
        since = datetime.fromisoformat(holder["since"])
        return f'process {holder["pid"]} ("{holder["command"]}", since {since:%Y-%m-%d %H:%M} UTC)'
    return "another process"
