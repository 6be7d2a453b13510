"""Running one thing in a process of its own, and how long it took and how much memory it had."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Measured:
    """Seconds by the clock, and the peak memory of the process in MB."""

    seconds: float
    memory: float


def in_own_process(script: str, *arguments: str, repeats: int = 1) -> Measured:
    """Run `script` with arguments in fresh processes; the medians of what they report."""
    runs = [_run(script, *arguments) for _ in range(repeats)]
    return Measured(median(run.seconds for run in runs), median(run.memory for run in runs))


def report(work: Callable[[], object]) -> None:
    """Do the work and print what it took: the other half of `in_own_process`."""
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "memory": kilobytes / 1000}))


def _run(script: str, *arguments: str) -> Measured:
    done = subprocess.run(
        [sys.executable, script, *arguments], check=True, capture_output=True, text=True
    )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))
