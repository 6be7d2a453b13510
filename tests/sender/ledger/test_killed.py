"""A ledger survives SIGKILL at any moment, with every batch that it had acknowledged."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.sender.ledger.filled import NOW, OWNER
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.ledger import open_ledger
from visitjoin.sender.ledger.verify import verify

RECORDER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.sender.ledger.filled import NOW, OWNER, record
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.ledger import open_ledger

with open_ledger(Path(sys.argv[2]), OWNER, now=NOW) as ledger:
    print("open", flush=True)
    while True:
        number = batches.next_number(ledger)
        # From what goes to the log alone to what goes to the file before the commit.
        record(ledger, number, rows=1 + number * 37_987 % 150_000)
        print(number, flush=True)
"""
ROOT = Path(__file__).parent.parent.parent.parent
KILLS = 6


@pytest.mark.slow
def test_killed_again_and_again_while_it_records_it_loses_no_batch_that_it_acknowledged(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.duckdb"
    seed = random.SystemRandom().randrange(10**6)
    moments = random.Random(seed)  # noqa: S311 - moments, no secrets
    acknowledged: set[int] = set()
    for kill in range(KILLS):
        milliseconds = moments.randrange(800)
        acknowledged |= recorded_until_killed(path, milliseconds)

        with open_ledger(path, OWNER, now=NOW) as ledger:
            found = {batch.number for batch in batches.all_batches(ledger)}
            batches.sweep(ledger)
            faults = [fault for check in verify(ledger) for fault in check.faults]

        print(f"seed {seed}, kill {kill} after {milliseconds} ms: {len(found)} batches")  # noqa: T201 - shown where it fails
        assert acknowledged <= found
        # At most the one that was being told when the process ended.
        assert len(found - acknowledged) <= kill + 1
        assert faults == []
    assert acknowledged


def recorded_until_killed(path: Path, milliseconds: int) -> set[int]:
    process = subprocess.Popen(
        [sys.executable, "-c", RECORDER, str(ROOT), str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    time.sleep(milliseconds / 1000)  # the moment of the kill is the subject, not a wait for it
    os.kill(process.pid, signal.SIGKILL)
    told, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL
    # A number that was cut off by the kill has no line end.
    return {int(line) for line in told.splitlines(keepends=True) if line.endswith("\n")}
