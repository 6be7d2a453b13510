"""How fast does the receiver take a large file in, compared with the checks alone?

    .venv/bin/python benchmarks/upload.py [--megabytes 500] [--rounds 3]

One generated CSV goes to a receiver in a process of its own, over HTTP on loopback; the time runs
from the first byte to the answer, so the file is received and checked, its rows are synced, and it
is written down. The floor is `prepare` with the same options on the same file, in another process,
without a sync. Both are warmed; rounds alternate; the medians are compared. Then the file comes
four times at once, and the receiver links meanwhile what it has answered. The bars: at least 0.85
of the checks alone; four at once no less in all than one alone; less than 1.5 GB of memory in the
receiver, linking included.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from running import Receiver, generate, running_receiver

OF_THE_CHECKS: Final = 0.85
AT_ONCE: Final = 4
MOST_MEMORY: Final = 1.5e9

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


def main() -> None:
    """Measure, print, and fail where a bar is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--megabytes", type=int, default=500)
    asked.add_argument("--rounds", type=int, default=3)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="visitjoin-upload-") as name:
        folder = Path(name)
        file, rows = generate(folder, options.megabytes)
        small, _ = generate(folder, 5)
        size = file.stat().st_size
        print(f"{rows:,} rows, {size / 1e6:,.0f} MB, {os.cpu_count()} cores")
        with _checks(folder) as checks, running_receiver(folder / "data") as receiver:
            for warm in (small, file):
                checks(warm)
                receiver.upload(warm)
            rounds = [(checks(file), receiver.upload(file)) for _ in range(options.rounds)]
            together = _at_once(receiver, file)
            receiver.until_rest()
            peak = receiver.peak()
    alone, taken = (statistics.median(seconds) for seconds in zip(*rounds, strict=True))
    ratio = alone / taken
    print(f"checks alone   {alone:6.2f} s  {size / 1e6 / alone:6.0f} MB/s")
    print(f"upload         {taken:6.2f} s  {size / 1e6 / taken:6.0f} MB/s  until the answer")
    print(f"ratio          {ratio:6.2f}    (at least {OF_THE_CHECKS})")
    gain = AT_ONCE * taken / together
    print(f"{AT_ONCE} at once      {together:6.2f} s  {AT_ONCE * size / 1e6 / together:6.0f} MB/s")
    print(f"ratio          {gain:6.2f}    to one alone (at least 1)")
    print(f"peak memory    {peak / 1e6:6.0f} MB  of the receiver, linking included (under 1500)")
    sys.exit(0 if ratio >= OF_THE_CHECKS and gain >= 1 and peak < MOST_MEMORY else 1)


def _at_once(receiver: Receiver, file: Path) -> float:
    """Seconds until several uploads that begin together are all answered."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(receiver.take, [file] * AT_ONCE))
    return time.perf_counter() - begun


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


if __name__ == "__main__":
    main()
