"""A sender in a process of its own that dies by SIGKILL where it is told to.

Run as a program it sends a table as `visitjoin send` does, without the pauses between its attempts.
Imported it starts such a process.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Final

import msgspec
import stamina

from visitjoin.contract.errors import VisitjoinError
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.run.send import send
from visitjoin.sender.run.telling import Step, Telling
from visitjoin.sender.run.wishes import Wishes

FAILED: Final = 3
"""The exit code of a run that ends with one of our errors; a traceback ends with 1."""

_TOKEN: Final = "VISITJOIN_TOKEN"  # noqa: S105 - the name of a variable
_LONGEST_PAUSE: Final = 0.1
"""Seconds. The receiver is done in a third of a second; who asks more often only keeps it busy."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """What a sender sends, where to, and where it dies."""

    address: str
    counter: int
    source: Path
    ledgers: Path
    rows_per_batch: int
    timeout: float = 60
    """Seconds that it waits for the server."""
    dies_at: Step | None = None
    dies_reading: bool = False
    """Whether it dies when it has read of the batch's file and before all of it is sent."""
    times: int = 1
    """It dies when it has come there for the so-many-th time."""

    def start(self, token: str) -> subprocess.Popen[str]:
        """Start the process."""
        return subprocess.Popen(
            [sys.executable, __file__, msgspec.json.encode(self, enc_hook=str).decode()],
            env=os.environ | {_TOKEN: token},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def immortal(self) -> "Sender":
        """The same, but it dies nowhere."""
        return replace(self, dies_at=None, dies_reading=False)

    def run(self, token: str) -> None:
        """Send, in this process."""
        left = self.times

        def die() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        telling = Telling(
            step=lambda step: die() if step is self.dies_at else None,
            sent=lambda _done, _total: die() if self.dies_reading else None,
        )
        wishes = Wishes(ledgers=self.ledgers, rows_per_batch=self.rows_per_batch)
        with (
            stamina.set_testing(True, attempts=6, cap=True),  # as often as ever, and at once
            Metrica(
                counter=self.counter, token=token, base_url=self.address, timeout=self.timeout
            ) as metrica,
        ):
            send(metrica, self.source, wishes, telling=telling, sleep=_pause_a_little)


class NoPandas(MetaPathFinder):
    """Keeps pyarrow from loading pandas, as on a machine that has none: it takes half a second."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(name=fullname)


def _pause_a_little(seconds: float) -> None:
    time.sleep(min(seconds, _LONGEST_PAUSE))


if __name__ == "__main__":
    sys.meta_path.insert(0, NoPandas())
    told = msgspec.json.decode(sys.argv[1], type=Sender, dec_hook=lambda _, text: Path(text))
    try:
        told.run(os.environ[_TOKEN])
    except VisitjoinError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(FAILED)
