"""How many hits a second are accepted durably, how long does one wait, and does memory stay flat?

    .venv/bin/python benchmarks/collect.py [--seconds 10] [--minutes 5] [--rounds 3]

A client in a process of its own (load.py) sends hits as the tag does, over 64 connections that stay
open, to a receiver on this machine; every answer means that the hit is synced to the disk. The
receiver makes visits of them meanwhile. The same client sends the same to a bare ASGI handler that
reads the body and answers 204, on the same server in the same way; turn by turn, medians of the
rounds. Then half of the receiver's rate for some minutes: the 99th percentile of the latency, and
the receiver's memory. The bars: at least 0.3 of the bare handler's rate; p99 under 100 ms; memory
that grows by less than 10 % from the first minute to the last.

Where there are two cores, client and server share them: a rate is then that of both together.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, Final

import psutil
from cyclopts import run
from running import running_bare, running_receiver

CONNECTIONS: Final = 64
OF_THE_BARE: Final = 0.3
P99: Final = 100.0
"""Milliseconds."""
GROWTH: Final = 1.1
"""Of memory: what an allocator needs until it has found its size."""

BARE: Final = """
import asyncio, sys
from granian.constants import Interfaces
from granian.server.embed import Server

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": ()})
    await send({"type": "http.response.body", "body": b"", "more_body": False})

asyncio.run(Server(app, address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.ASGI,
                   websockets=False, log_enabled=False).serve())
"""


def main(*, seconds: float = 10, minutes: float = 5, rounds: int = 3) -> None:
    """Measure, print, and fail where a bar is missed."""
    with (
        TemporaryDirectory(prefix="visitjoin-collect-") as name,
        running_receiver(Path(name) / "data") as receiver,
        running_bare(Path(name), BARE) as bare_port,
    ):
        _load(receiver.port, 2, 0)
        _load(bare_port, 2, 0)
        ours, bare = [], []
        for _ in range(rounds):
            bare.append(_rate(_load(bare_port, seconds, 0)))
            ours.append(_rate(_load(receiver.port, seconds, 0)))
        half = median(ours) / 2
        with _watched(receiver.process.pid) as memory:
            steady = _load(receiver.port, minutes * 60, half)
    ratio = median(ours) / median(bare)
    quarter = max(1, len(memory) // 5)
    growth = median(memory[-quarter:]) / median(memory[quarter : 2 * quarter] or memory)
    print(f"cores                {os.cpu_count()}, shared by server and client")
    print(f"hits                 {median(ours):8.0f} a second, durably, {CONNECTIONS} connections")
    print(f"a bare handler       {median(bare):8.0f} a second")
    print(f"ratio                {ratio:8.2f} (at least {OF_THE_BARE})")
    print(f"at {half:,.0f} a second: p99 {steady['p99']:.1f} ms (under {P99:.0f}), ", end="")
    print(f"median {steady['median']:.1f} ms")
    print(
        f"memory               {memory[0] / 1e6:.0f} MB at first, {memory[-1] / 1e6:.0f} MB after "
        f"{minutes:g} minutes: x {growth:.2f} from the second fifth to the last (under {GROWTH})"
    )
    sys.exit(0 if ratio >= OF_THE_BARE and steady["p99"] < P99 and growth < GROWTH else 1)


def _load(port: int, seconds: float, rate: float) -> Any:  # noqa: ANN401 - JSON
    script = Path(__file__).with_name("load.py")
    arguments = [str(each) for each in (port, CONNECTIONS, seconds, rate)]
    done = subprocess.run(
        [sys.executable, str(script), *arguments], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def _rate(done: Any) -> float:  # noqa: ANN401 - JSON
    return float(done["answered"] / done["seconds"])


@contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """Bytes of memory that a process has, every second."""
    process = psutil.Process(pid)
    seen: list[int] = []
    over = Event()

    def watch() -> None:
        while not over.is_set():
            seen.append(process.memory_info().rss)
            over.wait(1)

    thread = Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    run(main)
