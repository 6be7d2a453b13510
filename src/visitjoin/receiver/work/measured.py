"""How long does the work take, and what comes of it? Counted for this process, whoever does it.

Apart from `metrics`, which only tells: the steps of an uploading's life know no application.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.uploads import UploadStatus

REGISTRY: Final = CollectorRegistry()

_STEPS: Final = Histogram(
    "visitjoin_step_seconds",
    "How long a step took that takes an uploading on from this status",
    ["status"],
    # From the append of a few rows, tens of milliseconds, to the join of a gigabyte.
    buckets=(0.05, 0.2, 1, 5, 20, 60, 300, 1200),
    registry=REGISTRY,
)
_ROWS: Final = Counter(
    "visitjoin_rows", "Rows of finished uploadings by outcome", ["outcome"], registry=REGISTRY
)
for _status in UploadStatus:
    if not _status.is_last:
        _STEPS.labels(_status.value)
for _outcome in Outcome:
    _ROWS.labels(_outcome.value)


def timed(status: UploadStatus) -> AbstractContextManager[object]:
    """Measure the step from this status on, also where it fails."""
    return _STEPS.labels(status.value).time()


def finished(counts: Mapping[Outcome, int]) -> None:
    """An uploading has reached its last status for the first time. counts: rows by outcome."""
    for outcome, rows in counts.items():
        _ROWS.labels(outcome.value).inc(rows)
