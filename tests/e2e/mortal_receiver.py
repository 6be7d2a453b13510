"""A receiver in a process of its own that dies by SIGKILL, or falls asleep, where it is told to.

It does so between two requests and never under one: what becomes of an uploading whose answer was
lost is asked by other tests.

Its processes are forked from one that has loaded half of the libraries already, so that a test can
kill many. The other half, the engines, start threads when they are loaded, and those do not live on
in a fork.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import httpx
import psutil

if TYPE_CHECKING:
    from visitjoin.receiver import Settings

LEASE: Final = timedelta(seconds=1)
"""Short, so that who sleeps through it is soon found out."""

_FORKING: Final = get_context("forkserver")
_FORKING.set_forkserver_preload(
    [
        "alembic.command",
        "granian.server.embed",
        "httpx",
        "litestar",
        "prometheus_client",
        "sqlalchemy.dialects.sqlite",
        "structlog",
    ]
)

Json: TypeAlias = Any


@dataclass(frozen=True)
class Point:
    """A place in an uploading's life: before or after the so-many-th call of a function."""

    when: str
    """`before` or `after`."""
    function: str
    """`module:name` or `module:Class.name`, under visitjoin.receiver."""
    times: int = 1

    def __str__(self) -> str:
        return f"{self.when} {self.function}, {self.times}"


@dataclass
class MortalReceiver:
    """A receiver over a folder, started and killed again and again."""

    data: Path
    token: str
    catalog_url: str | None = None
    process: ForkServerProcess | None = None
    address: str = ""
    path: str = field(default="/management/v1/counter/1")

    def start(self, point: Point | None = None, *, number: int = signal.SIGKILL) -> None:
        """Start it. point: where it gets the signal; None: nowhere."""
        from visitjoin.receiver import Settings  # noqa: PLC0415 - see above

        settings = Settings(
            data=self.data,
            catalog_url=self.catalog_url,
            port=0,
            admin_token=self.token,
            lease=LEASE,
            look_around=timedelta(seconds=0.1),
        )
        ours, theirs = _FORKING.Pipe(duplex=False)
        self.process = _FORKING.Process(target=_serve, args=(settings, point, number, theirs))
        self.process.start()
        theirs.close()
        # Who dies at once, over what the one before it left, has no address.
        try:
            self.address = ours.recv().removeprefix("Listening on ")
        except EOFError:
            self.address = ""
        ours.close()

    def died(self) -> bool:
        """Wait for its end, and return whether it was killed."""
        assert self.process is not None
        self.process.join(60)
        return self.process.exitcode == -signal.SIGKILL

    def fell_asleep(self) -> None:
        """Wait until it sleeps at its point."""
        assert self.process is not None
        process = psutil.Process(self.process.pid)
        _until(lambda: process.status() == psutil.STATUS_STOPPED)

    def wake_up(self, *, until: str) -> None:
        """Let it go on, and wait until its log tells of an event."""
        assert self.process is not None
        os.kill(self.process.pid or 0, signal.SIGCONT)
        log = self.data.parent / "receiver.log"
        _until(lambda: f'"event": "{until}"' in log.read_text())

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()

    def call(self, method: str, path: str, **more: Json) -> Json:
        with self._waiting():
            return self._call(method, path, **more)

    def upload(self, *tables: str) -> None:
        """Upload tables, one after the other; it does not die in between."""
        upload = f"{self.path}/offline_conversions/upload"
        with self._waiting():
            for table in tables:
                self._call("POST", upload, files={"file": ("deals.csv", table)})

    def _call(self, method: str, path: str, **more: Json) -> Json:
        headers = {"Authorization": f"OAuth {self.token}"}
        answer = httpx.request(method, self.address + path, headers=headers, timeout=60, **more)
        return answer.raise_for_status().json()

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        asking = _asking(self.data)
        asking.touch()
        try:
            yield
        finally:
            asking.unlink()

    def visits(self, table: str) -> None:
        files = {"file": ("visits.csv", table)}
        self.call("POST", f"{self._ours}/visits", files=files)

    def uploading(self, uploading_id: int) -> Json:
        one = f"{self.path}/offline_conversions/uploading/{uploading_id}"
        return self.call("GET", one)["uploading"]

    def when(self, uploading_id: int, holds: Callable[[Json], bool]) -> Json:
        """Ask for an uploading until something holds of it."""
        _until(lambda: holds(self.uploading(uploading_id)))
        return self.uploading(uploading_id)

    def counts(self, uploading_id: int) -> dict[str, int]:
        """Its rows by outcome: as the catalog counts them, and they are also those of the lake."""
        answer = self.call("GET", f"{self._ours}/uploading/{uploading_id}/outcomes")
        rows = [row["outcome"] for row in answer["outcomes"]]
        counts = {outcome: number for outcome, number in answer["counts"].items() if number}
        assert counts == {outcome: rows.count(outcome) for outcome in rows}
        return counts

    @property
    def _ours(self) -> str:
        return self.path.replace("management", "visitjoin")


def _asking(data: Path) -> Path:
    """A file that is there as long as a request waits for its answer."""
    return data.parent / "asking"


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _serve(settings: "Settings", point: Point | None, number: int, told: Connection) -> None:
    from visitjoin.receiver import serve  # noqa: PLC0415 - see above

    log = os.open(settings.data.parent / "receiver.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    if point is not None:
        _set(point, partial(_signal, number, _asking(settings.data)))
    serve(settings, on_start=told.send)


def _signal(number: int, asking: Path) -> None:
    """Give this process the signal as soon as no request waits for an answer."""
    _until(lambda: not asking.exists())
    os.kill(os.getpid(), number)


def _set(point: Point, signal_: Callable[[], None]) -> None:
    """Put the signal where it belongs."""
    module, _, name = point.function.partition(":")
    owner: Any = import_module(f"visitjoin.receiver.{module}")
    *outer, name = name.split(".")
    for part in outer:
        owner = getattr(owner, part)
    real = getattr(owner, name)
    left = point.times

    def mortal(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - those of the function
        nonlocal left
        left -= 1
        if left == 0 and point.when == "before":
            signal_()
        result = real(*args, **more)
        if left == 0 and point.when == "after":
            signal_()
        return result

    setattr(owner, name, mortal)
