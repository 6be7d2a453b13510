"""`visitjoin demo`: the whole story on this machine, with a receiver of its own.

Each step is a command of the command line, printed and then really run, so what a newcomer sees
here is what the same command will do on a table of their own.
"""

import os
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from time import sleep
from typing import Final

import httpx

from visitjoin.cli import story
from visitjoin.cli.console import say
from visitjoin.contract.errors import VisitjoinError

_PAUSE: Final = 0.1
_LOOKS: Final = 600
"""A minute in all for the receiver to start."""


def demo(*, keep: Path | None = None) -> None:
    """Tell the whole story on this machine: a receiver, visits, a messy export, and its fate.

    Args:
        keep: folder for everything the demo writes, kept afterwards; default a temporary one.
    """
    folder = keep or Path(tempfile.mkdtemp(prefix="visitjoin-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _receiver(folder / "receiver") as variables:
            _tell(Shop(folder, variables))
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    if keep is not None:
        say(f"\nEverything is in {folder}.")


@dataclass(frozen=True)
class Shop:
    """Where the commands of the demo run, and the variables that name its receiver."""

    folder: Path
    variables: Mapping[str, str]

    def run(self, *words: str) -> None:
        """Print a command and run it, as a process of its own."""
        say(f"$ visitjoin {shlex.join(words)}")
        done = subprocess.run(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "visitjoin", *words],
            cwd=self.folder,
            env=os.environ | self.variables,
            check=False,
        )
        if done.returncode:
            raise VisitjoinError(f"That command ended with {done.returncode}.")
        say("")


def _tell(shop: Shop) -> None:
    now = datetime.now(UTC)
    tables = {"visits.csv": story.visits_csv(now), "deals.csv": story.deals_csv(now)}
    for name, table in tables.items():
        (shop.folder / name).write_text(table, encoding="utf-8", newline="")
    since = (now - story.TRACKED_FOR).astimezone(story.ZONE).date().isoformat()

    say("\nA site has a counter, and the counter a goal. Its visits come from a table.\n")
    shop.run("counters", "create", "--name", "Example shop", "--time-zone", story.ZONE.key)
    shop.run("goals", "create", "--name", story.GOAL_NAME, "--target", story.TARGET)
    shop.run("tracking", "enable", "--since", since)
    shop.run("visits", "import", "visits.csv")
    shop.run("check")
    say("The CRM exports its deals: semicolons, decimal commas, local times, and faults.\n")
    shop.run("send", "deals.csv", "--show-rows")
    say("An hour later the export has the same deals. The ledger knows them: nothing goes twice.\n")
    shop.run("send", "deals.csv")
    shop.run("history")
    say("That was all: nothing is sent to anyone but the receiver on this machine. What next?\n")
    for command, what in _NEXT:
        say(f"{command:<29} {what}")


_NEXT: Final = (
    ("visitjoin serve --sandbox", "a receiver to play with: it prints what to do"),
    ("visitjoin init YOUR_TABLE", "a mapping for a table of your own"),
    ("visitjoin send --help", "to Yandex.Metrica, or to a receiver of your own: --api"),
)


@contextmanager
def _receiver(data: Path) -> Iterator[Mapping[str, str]]:
    """A receiver in a process of its own, and the variables by which commands find it."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    token = secrets.token_urlsafe(24)
    log = data.with_suffix(".log")
    with log.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "visitjoin", "serve", "--data", data, "--port", str(port)],
            env=os.environ | {"VISITJOIN_ADMIN_TOKEN": token},
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    try:
        _wait_until_it_answers(address, process, log)
        say(f"A receiver is running at {address}: SQLite catalog and Delta tables in {data}.")
        yield {
            "VISITJOIN_API": address,
            "VISITJOIN_TOKEN": token,
            "VISITJOIN_COUNTER": "1",
            # The demo's counter is a new one each time, and its ledger too.
            "VISITJOIN_LEDGERS": str(data.parent / "ledgers"),
        }
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(_LOOKS):
        if process.poll() is not None:
            break
        with suppress(httpx.TransportError):
            # Whatever it says: a disk without room for the largest upload has room for the demo.
            httpx.get(f"{address}/health")
            return
        sleep(_PAUSE)
    raise VisitjoinError(f"The receiver did not start:\n{log.read_text()}")


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
