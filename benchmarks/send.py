"""How long does a whole send take, compared with the receiver's acceptance of the same CSV alone?

    .venv/bin/python benchmarks/send.py [--rows 10000000] [--rounds 3] [--apart]

The floor is the CSV itself, sent by a bare socket in one request: the time from the first byte to
the answer, in which the receiver takes it, checks it, syncs its rows and writes it down. Against
that stands `visitjoin.send` of the same CSV, in a process of its own with an empty ledger: it
checks the rows, looks for repeats, writes and records the batches, and uploads them until each is
answered. Following them to their last status is the receiver's work and not in it: by then it has
begun with some of them, and the report reads what it says of their rows; that is printed apart. The
receiver is at rest before each measurement. Both ends share the cores of this machine, so the
seconds of a core that each of them used are printed too: together, by the number of cores, they are
the time below which no overlapping comes. `--apart` gives each end one core of its own, as two
machines would, also while acceptance alone is measured. The bar: at most 1.6 times as long.
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
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answered.extend([*now(), kilobytes])
begun, answered = now(), []
with visitjoin.Metrica(counter=1, token=os.environ["TOKEN"], base_url=sys.argv[3]) as metrica:
    wishes = visitjoin.Wishes(patience=0, ledgers=ledgers)
    report = visitjoin.send(metrica, source, wishes, telling=visitjoin.Telling(step=step))
assert report.in_export.rows == int(sys.argv[4]), report.in_export
assert len(report.uploadings) > 0
seconds, sender, receiver = (after - before for after, before in zip(answered, begun))
print(json.dumps({"seconds": seconds, "sender": sender, "receiver": receiver,
                  "memory": answered[-1] / 1000, "reported": now()[0] - answered[0]}))
"""
BYTES_OF_A_ROW: Final = 54


@dataclass(frozen=True)
class Sent:
    """What a send took until the last batch was answered; times in seconds, memory in MB."""

    seconds: float
    sender: float
    """Of a core, by the sender; `receiver` as much, also for what it has begun to link."""
    receiver: float
    memory: float
    reported: float
    """From then to the end of the report."""


def main() -> None:
    """Measure, print, and fail where the bar is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=10_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--apart", action="store_true", help="a core of its own for each end")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="visitjoin-send-") as name:
        folder = Path(name)
        file, rows = generate(folder, options.rows * BYTES_OF_A_ROW // 1_000_000)
        print(f"{rows:,} rows, {file.stat().st_size / 1e6:,.0f} MB, {os.cpu_count()} cores")
        own = 1 if options.apart else None
        with running_receiver(folder / "data", core=0 if options.apart else None) as receiver:
            receiver.upload(file)
            accepted, sent = [], []
            for number in range(options.rounds):
                accepted.append(receiver.upload(file))
                sent.append(_send(file, folder / f"ledgers-{number}", receiver, rows, own))
                receiver.until_rest()
    alone, whole = statistics.median(accepted), statistics.median(one.seconds for one in sent)
    sender, taker, reported = (
        statistics.median(getattr(one, name) for one in sent)
        for name in ("sender", "receiver", "reported")
    )
    print(f"acceptance alone   {alone:6.2f} s")
    print(f"the whole send     {whole:6.2f} s   peak memory {max(s.memory for s in sent):,.0f} MB")
    print(f"  of a core        {sender:6.2f} s by the sender, {taker:.2f} s by the receiver")
    bound = max(sender, taker) if options.apart else (sender + taker) / (os.cpu_count() or 1)
    print(f"  at the least     {bound:6.2f} s if all of that overlapped   {bound / alone:.2f}")
    print(f"ratio              {whole / alone:6.2f}     (at most 1.6)")
    print(f"and its report     {reported:6.2f} s")
    sys.exit(0 if whole / alone <= 1.6 else 1)


def _send(file: Path, ledgers: Path, receiver: Receiver, rows: int, core: int | None) -> Sent:
    address = f"http://127.0.0.1:{receiver.port}"
    arguments = (file, ledgers, address, rows, receiver.process.pid)
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
