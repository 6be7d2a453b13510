"""How fast does the receiver take a large file in, compared with the checks alone?

    .venv/bin/python benchmarks/upload.py [--megabytes 500] [--rounds 3]

One generated CSV goes to a receiver in a process of its own, over HTTP on loopback; the time runs
from the first byte to the answer, so the file is received, synced, checked and written down. The
floor is `prepare` with the same options on the same file, in another process, without a sync. Both
are warmed; rounds alternate; the medians are compared. The bar: at least 0.75 of the checks alone,
and less than 1 GB of memory in the receiver, linking included.
"""

import argparse
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
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

CHECKS: Final = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo
from visitjoin.prepare import Mapping, prepare
for line in sys.stdin:
    source, folder = map(Path, json.loads(line))
    begun = time.perf_counter()
    prepare(source, conversions=folder / "conversions.parquet", rejects=folder / "rejects.parquet",
            now=datetime.now(UTC), zone=ZoneInfo("Europe/Moscow"), only=None,
            mapping=Mapping(aliases=False), format="csv")
    print(time.perf_counter() - begun, flush=True)
"""

RECEIVER: Final = """
import sys
from pathlib import Path
from visitjoin.receiver import Settings, serve
serve(Settings(data=Path(sys.argv[1]), port=int(sys.argv[2]), admin_token=sys.argv[3],
               memory_limit=sys.argv[4]))
"""


def main() -> None:
    """Measure, print, and fail where a bar is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--megabytes", type=int, default=500)
    asked.add_argument("--rounds", type=int, default=3)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="visitjoin-upload-") as name:
        folder = Path(name)
        file, rows = _generate(folder, options.megabytes)
        small, _ = _generate(folder, 5)
        size = file.stat().st_size
        print(f"{rows:,} rows, {size / 1e6:,.0f} MB, {os.cpu_count()} cores")
        with _checks(folder) as checks, _receiver(folder / "data") as receiver:
            for warm in (small, file):
                checks(warm)
                receiver.upload(warm)
            rounds = [(checks(file), receiver.upload(file)) for _ in range(options.rounds)]
            peak = receiver.peak()
    alone, taken = (statistics.median(seconds) for seconds in zip(*rounds, strict=True))
    ratio = alone / taken
    print(f"checks alone   {alone:6.2f} s  {size / 1e6 / alone:6.0f} MB/s")
    print(f"upload         {taken:6.2f} s  {size / 1e6 / taken:6.0f} MB/s  until the answer")
    print(f"ratio          {ratio:6.2f}    (at least 0.75)")
    print(f"peak memory    {peak / 1e6:6.0f} MB  of the receiver, linking included (under 1000)")
    sys.exit(0 if ratio >= 0.75 and peak < 1e9 else 1)


def _generate(folder: Path, megabytes: int) -> tuple[Path, int]:
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


@contextmanager
def _checks(folder: Path) -> Iterator[Any]:
    """A process that only checks. Yields a function: a file to seconds."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHECKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def check(file: Path) -> float:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps([str(file), str(folder)]) + "\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    try:
        yield check
    finally:
        process.terminate()
        process.wait()


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


@contextmanager
def _receiver(data: Path) -> Iterator[Receiver]:
    token = secrets.token_urlsafe(24)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with data.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", RECEIVER, str(data), str(port), token, MEMORY_LIMIT],
            stdout=log,
            stderr=log,
        )
    receiver = Receiver(process, port, token)
    try:
        _until_open(port)
        base = "/management/v1/counter"
        receiver.call("POST", f"{base}s", json={"counter": {"name": "Benchmark"}})
        goal = {"type": "action", "conditions": [{"type": "exact", "url": "order_paid"}]}
        receiver.call("POST", f"{base}/1/goals", json={"goal": goal | {"name": "Order paid"}})
        receiver.call("POST", f"{base}/1/offline_conversions/extended_threshold")
        yield receiver
    finally:
        psutil.Process(process.pid).terminate()
        process.wait()


def _until_open(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("The receiver did not start.")


if __name__ == "__main__":
    main()
