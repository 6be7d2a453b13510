"""How long does a whole send take, compared with the receiver's acceptance of the same CSV alone?

    .venv/bin/python benchmarks/send.py [--rows 10000000] [--rounds 3] [--apart]
        [--memory-limit 500MB]

The floor is the CSV itself, sent by a bare socket in one request: the time from the first byte to
the answer, in which the receiver takes it, checks it, syncs its rows and writes it down. Against
that stands `visitjoin.send` of the same CSV, in a process of its own with an empty ledger: it
checks the rows, looks for repeats, writes and records the batches, and uploads them until each is
answered. Following them to their last status is the receiver's work and not in it: by then it has
begun with some of them, and the report reads what it says of their rows; that is printed apart. The
receiver is at rest before each measurement. Both ends share the cores of this machine, so the
seconds of a core that each of them used are printed too: together, by the number of cores, they are
the time below which no overlapping comes. The same is printed of a sender that would check the rows
and do nothing else: what it must do before it may send a row, and what the receiver does again.
`--apart` gives each end one core of its own, as two machines would, also while acceptance alone is
measured. The bar: at most 1.6 times as long.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from running import Receiver, generate, on_core, running_receiver

SENDER: Final = """
import json, os, resource, sys, time
from pathlib import Path
import psutil
import visitjoin
source, ledgers = map(Path, sys.argv[1:3])
ends = [psutil.Process(), psutil.Process(int(sys.argv[5]))]
def now():
    return [time.perf_counter(), *(sum(end.cpu_times()[:2]) for end in ends)]
def step(name):
    if name is visitjoin.Step.TRACKING:
        answered.extend(now())
begun, answered = now(), []
with visitjoin.Metrica(counter=1, token=os.environ["TOKEN"], base_url=sys.argv[3]) as metrica:
    wishes = visitjoin.Wishes(patience=0, ledgers=ledgers, memory_limit=sys.argv[6] or None)
    report = visitjoin.send(metrica, source, wishes, telling=visitjoin.Telling(step=step))
assert report.in_export.rows == int(sys.argv[4]), report.in_export
assert len(report.uploadings) > 0
seconds, sender, receiver = (after - before for after, before in zip(answered, begun))
print(json.dumps({"seconds": seconds, "sender": sender, "receiver": receiver,
                  "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
                  "reported": now()[0] - answered[0]}))
"""
CHECK: Final = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
import visitjoin
source, conversions = map(Path, sys.argv[1:3])
begun = time.process_time()
visitjoin.prepare(source, conversions=conversions, rejects=None, now=datetime.now(UTC))
print(time.process_time() - begun)
"""
BYTES_OF_A_ROW: Final = 54


@dataclass(frozen=True)
class Accepted:
    """What the acceptance alone took: seconds, and seconds of a core."""

    seconds: float
    receiver: float


@dataclass(frozen=True)
class Sent:
    """What a send took until the last batch was answered; times in seconds, memory in MB."""

    seconds: float
    sender: float
    """Of a core, by the sender; `receiver` as much, also for what it has begun to link."""
    receiver: float
    memory: float
    """At most, also while it reported."""
    reported: float
    """From then to the end of the report."""


def main() -> None:
    """Measure, print, and fail where the bar is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=10_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--apart", action="store_true", help="a core of its own for each end")
    asked.add_argument("--memory-limit", default="", help="of the sender's queries")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="visitjoin-send-") as name:
        folder = Path(name)
        file, rows = generate(folder, options.rows * BYTES_OF_A_ROW // 1_000_000)
        print(f"{rows:,} rows, {file.stat().st_size / 1e6:,.0f} MB, {os.cpu_count()} cores")
        own = 1 if options.apart else None
        with running_receiver(folder / "data", core=0 if options.apart else None) as receiver:
            receiver.upload(file)
            accepted, checked, sent = [], [], []
            for number in range(options.rounds):
                accepted.append(_accept(file, receiver))
                checked.append(_check(file, folder / "checked.parquet", own))
                ledgers = folder / f"ledgers-{number}"
                sent.append(
                    _send(file, ledgers, receiver, rows, core=own, limit=options.memory_limit)
                )
                receiver.until_rest()
    alone, whole = (statistics.median(one.seconds for one in runs) for runs in (accepted, sent))
    accepting = statistics.median(one.receiver for one in accepted)
    checking = statistics.median(checked)
    sender, taker, reported = (
        statistics.median(getattr(one, name) for one in sent)
        for name in ("sender", "receiver", "reported")
    )
    print(f"acceptance alone   {alone:6.2f} s")
    print(f"the whole send     {whole:6.2f} s   peak memory {max(s.memory for s in sent):,.0f} MB")
    print(f"  of a core        {sender:6.2f} s by the sender, {taker:.2f} s by the receiver")
    least = _at_the_least(sender, taker, apart=options.apart)
    print(f"  at the least     {least:6.2f} s if all of that overlapped   {least / alone:.2f}")
    least = _at_the_least(checking, accepting, apart=options.apart)
    print(
        f"only a check       {checking:6.2f} s of a core, {accepting:.2f} s by the receiver alone"
    )
    print(f"  at the least     {least:6.2f} s if all of that overlapped   {least / alone:.2f}")
    print(f"ratio              {whole / alone:6.2f}     (at most 1.6)")
    print(f"and its report     {reported:6.2f} s")
    sys.exit(0 if whole / alone <= 1.6 else 1)


def _at_the_least(sender: float, receiver: float, *, apart: bool) -> float:
    return max(sender, receiver) if apart else (sender + receiver) / (os.cpu_count() or 1)


def _accept(file: Path, receiver: Receiver) -> Accepted:
    process = psutil.Process(receiver.process.pid)
    before = sum(process.cpu_times()[:2])
    seconds = receiver.take(file)
    used = sum(process.cpu_times()[:2]) - before
    receiver.until_rest()
    return Accepted(seconds, used)


def _check(file: Path, conversions: Path, core: int | None) -> float:
    command = [*on_core(core), sys.executable, "-c", CHECK, str(file), str(conversions)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _send(
    file: Path, ledgers: Path, receiver: Receiver, rows: int, *, core: int | None, limit: str
) -> Sent:
    address = f"http://127.0.0.1:{receiver.port}"
    arguments = (file, ledgers, address, rows, receiver.process.pid, limit)
    done = subprocess.run(
        [*on_core(core), sys.executable, "-c", SENDER, *map(str, arguments)],
        env=os.environ | {"TOKEN": receiver.token},
        check=True,
        capture_output=True,
        text=True,
    )
    return Sent(**json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
