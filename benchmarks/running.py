"""A receiver in a process of its own, and a file for it: what several benchmarks need."""

import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb
import httpx
import psutil

BOUNDARY: Final = "visitjoin-benchmark"
HEAD: Final = (
    f"--{BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="file"; filename="conversions.csv"\r\n'
    "Content-Type: text/csv\r\n\r\n"
).encode()
TAIL: Final = f"\r\n--{BOUNDARY}--\r\n".encode()
MEMORY_LIMIT: Final = "300MB"
"""Of the receiver's engine: what is measured is the whole process, Polars and Python included."""

RECEIVER: Final = """
import sys
from pathlib import Path
from visitjoin.receiver import Settings, serve
serve(Settings(data=Path(sys.argv[1]), port=int(sys.argv[2]), admin_token=sys.argv[3],
               memory_limit=sys.argv[4]))
"""


def generate(folder: Path, megabytes: int) -> tuple[Path, int]:
    """A CSV of about so many megabytes: 2 % of its rows break a rule. Returns it and its rows."""
    rows = megabytes * 1_000_000 // 54
    file = folder / f"{megabytes}.csv"
    now = int((datetime.now(UTC) - timedelta(days=1)).timestamp())
    engine = duckdb.connect()
    engine.execute("set enable_progress_bar = false")
    engine.execute(f"""
        copy (
            select
                case when i % 50 = 0 then '1.70000001E+18'
                    else (1700000000000000000 + hash(i) % 900000000)::varchar end as "ClientId",
                'order_paid' as "Target",
                {now} - (hash(i) % 1000000)::bigint as "DateTime",
                ((hash(i) % 1000000) / 100)::decimal(12, 2) as "Price",
                'RUB' as "Currency"
            from range({rows}) as t(i)
        ) to '{file}' (format csv, header)
    """)
    return file, rows


@dataclass(frozen=True)
class Receiver:
    """A running receiver with a counter that takes uploads."""

    process: subprocess.Popen[bytes]
    port: int
    token: str

    def upload(self, file: Path) -> float:
        """Upload a file; returns the seconds until the answer, and waits for its processing."""
        path = "/management/v1/counter/1/offline_conversions"
        begun = time.perf_counter()
        answer = self._send(f"{path}/upload", file)
        taken = time.perf_counter() - begun
        self._until_last(f"{path}/uploading/{answer['uploading']['id']}")
        return taken

    def take(self, file: Path) -> float:
        """Upload a file; returns the seconds until the answer."""
        begun = time.perf_counter()
        self._send("/management/v1/counter/1/offline_conversions/upload", file)
        return time.perf_counter() - begun

    def import_visits(self, file: Path) -> None:
        """Import a Parquet file of visits."""
        self._send("/visitjoin/v1/counter/1/visits?format=parquet", file)

    def peak(self) -> int:
        """Bytes of memory that the receiver had at most."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    def call(self, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - JSON
        """Call the receiver; returns what it answered."""
        headers = {"Authorization": f"OAuth {self.token}"}
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.request(method, url, headers=headers, **more).raise_for_status().json()

    def until_rest(self) -> None:
        """Wait until every uploading has its last status."""
        path = "/management/v1/counter/1/offline_conversions/uploadings"
        for uploading in self.call("GET", path)["uploadings"]:
            self._until_last(path.removesuffix("s") + f"/{uploading['id']}")

    def _send(self, path: str, file: Path) -> Any:  # noqa: ANN401 - JSON
        # A bare socket and the kernel's sendfile: the client's own work is not what we measure.
        length = len(HEAD) + file.stat().st_size + len(TAIL)
        request = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            f"Authorization: OAuth {self.token}\r\nContent-Length: {length}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port)) as link, file.open("rb") as rows:
            link.sendall(request.encode() + HEAD)
            link.sendfile(rows)
            link.sendall(TAIL)
            head, _, body = b"".join(iter(lambda: link.recv(65536), b"")).partition(b"\r\n\r\n")
        assert b" 200 " in head.splitlines()[0], body
        return json.loads(body)

    def _until_last(self, path: str) -> None:
        while self.call("GET", path)["uploading"]["status"] not in ("PROCESSED", "LINKAGE_FAILURE"):
            time.sleep(0.2)


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def on_core(core: int | None) -> list[str]:
    """What stands before a command that may use one core only; nothing where that is None."""
    return [] if core is None else ["taskset", "--cpu-list", str(core)]


@contextmanager
def running_receiver(
    data: Path, *, core: int | None = None, memory_limit: str = MEMORY_LIMIT
) -> Iterator[Receiver]:
    """Run a receiver over a folder while the context lasts; its counter 1 takes uploads.

    core: the only one that it may use; None for all. memory_limit: of its engine.
    """
    token = secrets.token_urlsafe(24)
    port = free_port()
    with data.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            [
                *on_core(core),
                sys.executable,
                "-c",
                RECEIVER,
                str(data),
                str(port),
                token,
                memory_limit,
            ],
            stdout=log,
            stderr=log,
        )
    receiver = Receiver(process, port, token)
    try:
        until_open(port)
        base = "/management/v1/counter"
        receiver.call("POST", f"{base}s", json={"counter": {"name": "Benchmark"}})
        goal = {"type": "action", "conditions": [{"type": "exact", "url": "order_paid"}]}
        receiver.call("POST", f"{base}/1/goals", json={"goal": goal | {"name": "Order paid"}})
        since = (datetime.now(UTC) - timedelta(days=20)).isoformat()
        path = f"{base}/1/offline_conversions/extended_threshold"
        receiver.call("POST", path, params={"since": since})
        yield receiver
    finally:
        psutil.Process(process.pid).terminate()
        process.wait()


@contextmanager
def running_bare(folder: Path, program: str) -> Iterator[int]:
    """Run a handler that does nothing, to compare with. Yields its port.

    folder: for the program, which takes the port as its argument.
    """
    (folder / "bare.py").write_text(program)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "bare.py", str(port)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until_open(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def until_open(port: int) -> None:
    """Wait until something listens there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("The receiver did not start.")
