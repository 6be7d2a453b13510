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
from collections.abc import Iterator
from contextlib import chdir, contextmanager, suppress
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
        with _receiver(folder / "receiver"), chdir(folder):
            _tell()
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    if keep is not None:
        say(f"\nEverything is in {folder}.")


def _tell() -> None:
    now = datetime.now(UTC)
    Path("visits.csv").write_text(story.visits_csv(now), encoding="utf-8", newline="")
    Path("deals.csv").write_text(story.deals_csv(now), encoding="utf-8", newline="")
    since = (now - story.TRACKED_FOR).astimezone(story.ZONE).date().isoformat()

    say("\nA site has a counter, and the counter a goal. Its visits come from a table.\n")
    _run("counters", "create", "--name", "Example shop", "--time-zone", story.ZONE.key)
    _run("goals", "create", "--name", story.GOAL_NAME, "--target", story.TARGET)
    _run("tracking", "enable", "--since", since)
    _run("visits", "import", "visits.csv")
    _run("check")
    say("The CRM exports its deals: semicolons, decimal commas, local times, and faults.\n")
    _run("send", "deals.csv", "--show-rows")
    _run("history")
    say("That was all: nothing is sent to anyone but the receiver on this machine.")


def _run(*words: str) -> None:
    from visitjoin.cli.app import app  # noqa: PLC0415 - the demo is one of the app's own commands

    say(f"$ visitjoin {shlex.join(words)}")
    app(words, result_action="return_value")
    say("")


@contextmanager
def _receiver(data: Path) -> Iterator[None]:
    """A receiver in a process of its own, to which the commands of this process will talk."""
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
        _wait_until_healthy(address, process, log)
        say(f"A receiver is running at {address}: SQLite catalog and Delta tables in {data}.")
        os.environ |= {
            "VISITJOIN_API": address,
            "VISITJOIN_TOKEN": token,
            "VISITJOIN_COUNTER": "1",
        }
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(_LOOKS):
        if process.poll() is not None:
            break
        with suppress(httpx.TransportError):
            httpx.get(f"{address}/health").raise_for_status()
            return
        sleep(_PAUSE)
    raise VisitjoinError(f"The receiver did not start:\n{log.read_text()}")


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
