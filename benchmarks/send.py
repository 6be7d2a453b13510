"""How long does a whole send take, compared with the receiver's acceptance of the same CSV alone?

    .venv/bin/python benchmarks/send.py [--rows 10000000] [--rounds 3]

The floor is the CSV itself, sent by a bare socket in one request: the time from the first byte to
the answer, in which the receiver takes it, syncs it, checks it and writes it down. Against that
stands `visitjoin.send` of the same CSV, in a process of its own with an empty ledger: it checks the
rows, looks for repeats, writes and records the batches, and uploads them until each is answered.
Following them to their last status is the receiver's work and not in it. The receiver is at rest
before each measurement. The bar: at most 1.6 times as long.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from measure import Measured
from running import Receiver, generate, running_receiver

SENDER: Final = """
import os, sys
from pathlib import Path
import measure, visitjoin
source, ledgers = map(Path, sys.argv[1:3])
def send():
    with visitjoin.Metrica(counter=1, token=os.environ["TOKEN"], base_url=sys.argv[3]) as metrica:
        report = visitjoin.send(metrica, source, visitjoin.Wishes(patience=0, ledgers=ledgers))
    assert report.in_export.rows == int(sys.argv[4]), report.in_export
    assert len(report.uploadings) > 0
measure.report(send)
"""
BYTES_OF_A_ROW: Final = 54


def main() -> None:
    """Measure, print, and fail where the bar is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=10_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="visitjoin-send-") as name:
        folder = Path(name)
        file, rows = generate(folder, options.rows * BYTES_OF_A_ROW // 1_000_000)
        print(f"{rows:,} rows, {file.stat().st_size / 1e6:,.0f} MB, {os.cpu_count()} cores")
        with running_receiver(folder / "data") as receiver:
            receiver.upload(file)
            accepted, sent, memory = [], [], []
            for number in range(options.rounds):
                accepted.append(receiver.upload(file))
                measured = _send(file, folder / f"ledgers-{number}", receiver, rows)
                sent.append(measured.seconds)
                memory.append(measured.memory)
                receiver.until_rest()
    alone, whole = statistics.median(accepted), statistics.median(sent)
    print(f"acceptance alone   {alone:6.2f} s")
    print(f"the whole send     {whole:6.2f} s   peak memory {max(memory):,.0f} MB")
    print(f"ratio              {whole / alone:6.2f}     (at most 1.6)")
    sys.exit(0 if whole / alone <= 1.6 else 1)


def _send(file: Path, ledgers: Path, receiver: Receiver, rows: int) -> Measured:
    address = f"http://127.0.0.1:{receiver.port}"
    done = subprocess.run(
        [sys.executable, "-c", SENDER, str(file), str(ledgers), address, str(rows)],
        env=os.environ | {"TOKEN": receiver.token},
        cwd=Path(__file__).parent,
        check=True,
        capture_output=True,
        text=True,
    )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
