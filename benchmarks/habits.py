"""How does a send compare with what people do: pandas, a loop, and the guide's own sample?

    .venv/bin/python benchmarks/habits.py [--rows 1000000]

A messy CRM export (five of a hundred rows are faulty) is cleaned and uploaded to a receiver on this
machine, until the upload is answered: by the script that people write (`habit.py`), and by
`visitjoin.send` with an empty ledger. Each is a process of its own, measured from its start to its
end, imports included; the memory is the process's peak. What the receiver needs to take the file is
in every time. The script is measured in its two manners, and the bars are held against the one that
calls a function for each row: at least 20 times as fast, in at most a third of the memory.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cyclopts import run
from measure import in_own_process, report
from running import Receiver, running_receiver
from tables import write_messy

FASTER: Final = 20
OF_MEMORY: Final = 1 / 3
SPREAD: Final = 1_000_000
"""Seconds over which the conversions lie, so that all are within the receiver's window."""

SCRIPT: Final = str(Path(__file__).with_name("habit.py"))
OURS: Final = """
import json, os, sys
from pathlib import Path
from zoneinfo import ZoneInfo
import visitjoin
source, address, ledgers = sys.argv[1:]
with visitjoin.Metrica(counter=1, token=os.environ["TOKEN"], base_url=address) as metrica:
    wishes = visitjoin.Wishes(zone=ZoneInfo("Europe/Moscow"), patience=0, ledgers=Path(ledgers))
    report = visitjoin.send(metrica, Path(source), wishes)
print(json.dumps({"rows": sum(one.line_quantity for one in report.uploadings)}))
"""


@dataclass(frozen=True)
class Sent:
    """What a process took, and how many rows the receiver took of it."""

    seconds: float
    cores: float
    """Seconds of a core that it used, in all threads; the receiver's are not among them."""
    memory: float
    """MB at most."""
    rows: int


def main(*, rows: int = 1_000_000) -> None:
    """Measure, print, and fail where a bar is missed."""
    with TemporaryDirectory(prefix="visitjoin-habits-") as name:
        folder = Path(name)
        table = folder / "deals.csv"
        in_own_process(__file__, "--make", str(table), str(rows))
        print(f"{rows:,} rows, {table.stat().st_size / 1e6:,.0f} MB, {os.cpu_count()} cores")
        with running_receiver(folder / "data") as receiver:
            address = f"http://127.0.0.1:{receiver.port}"
            arguments = [str(table), address]
            _sent("warming up", ["-c", OURS, *arguments, str(folder / "warm")], receiver)
            ours = _sent("visitjoin", ["-c", OURS, *arguments, str(folder / "ledgers")], receiver)
            cells = _sent("script, cells", [SCRIPT, *arguments, "cells"], receiver)
            script = _sent("script, rows", [SCRIPT, *arguments, "rows"], receiver)
    # The scripts drop rows that are equal; the same conversion with another price is one for us.
    assert cells.rows == script.rows >= ours.rows > 0.999 * script.rows, "they send different rows"
    print(f"than the script by cells: {_compared(ours, cells)}")
    print(f"than the script by rows:  {_compared(ours, script)}")
    print(f"                bars:     at least {FASTER} x, at most {OF_MEMORY:.2f} x")
    is_fast = script.seconds / ours.seconds >= FASTER
    sys.exit(0 if is_fast and ours.memory / script.memory <= OF_MEMORY else 1)


def _compared(ours: Sent, theirs: Sent) -> str:
    return (
        f"{theirs.seconds / ours.seconds:.1f} x as fast ({theirs.cores / ours.cores:.1f} x by "
        f"seconds of a core), {ours.memory / theirs.memory:.2f} x the memory"
    )


def _sent(what: str, script: list[str], receiver: Receiver) -> Sent:
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *script],
        env=os.environ | {"TOKEN": receiver.token},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    assert process.returncode == 0, said
    sent = Sent(
        seconds=seconds,
        cores=used.ru_utime + used.ru_stime,
        memory=used.ru_maxrss / 1000,
        rows=json.loads(said)["rows"],
    )
    print(
        f"  {what:14} {seconds:7.1f} s  {sent.cores:7.1f} s of a core  {sent.memory:6.0f} MB"
        f"  {sent.rows:,} rows uploaded",
        flush=True,
    )
    receiver.until_rest()
    return sent


def _make(table: Path, rows: int) -> None:
    write_messy(table, rows, now=int(time.time()), spread=SPREAD)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        report(lambda: _make(Path(sys.argv[2]), int(sys.argv[3])))
    else:
        run(main)
