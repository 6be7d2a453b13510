"""A report as a file of metrics, for the textfile collector of Prometheus's node_exporter.

The file says how the last run went that came to its end. A run that fails leaves it as it was, so
what to watch is the age of `visitjoin_send_last_success_timestamp_seconds`.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from visitjoin.contract.errors import SettingError
from visitjoin.contract.uploads import UploadStatus
from visitjoin.sender.report.report import Fate, Report

_SUFFIX: Final = ".prom"


def check_metrics_file(path: Path) -> None:
    """Make sure before a run that its metrics will be collected. Raises SettingError."""
    if path.suffix != _SUFFIX:
        raise SettingError(f"The file of metrics {path} must end with {_SUFFIX} to be collected.")


def write_metrics(report: Report, path: Path, *, now: datetime, seconds: float) -> None:
    """Write the metrics of a finished run, in one step: a reader sees the old file or the new one.

    path: ends with .prom. now: when the run ended; aware. seconds: how long it took.

    Raises SettingError where the file cannot be written.
    """
    registry = CollectorRegistry()
    counter = str(report.counter)

    rows = _gauge("rows", "Rows of the table by their fate", "fate", registry)
    for fate in Fate:
        rows.labels(counter, fate.value).set(report.fates[fate].rows if fate in report.fates else 0)

    money = _gauge("uploaded_money", "Money of the rows that were uploaded", "currency", registry)
    for currency, amount in report.uploaded.money.items():
        money.labels(counter, currency).set(float(amount))

    uploadings = _gauge("uploadings", "Uploadings of the run by their status", "status", registry)
    statuses = [one.status for one in report.uploadings]
    for status in UploadStatus:
        uploadings.labels(counter, status.value).set(statuses.count(status))

    ended = _gauge(
        "last_success_timestamp_seconds", "When a run last came to its end", None, registry
    )
    ended.labels(counter).set(now.timestamp())
    _gauge("duration_seconds", "How long it took", None, registry).labels(counter).set(seconds)
    try:
        write_to_textfile(str(path), registry)
    except OSError as error:
        raise SettingError(f"Metrics cannot be written to {path}: {error.strerror}.") from error


def _gauge(name: str, text: str, label: str | None, registry: CollectorRegistry) -> Gauge:
    labels = ("counter", label) if label else ("counter",)
    return Gauge(f"visitjoin_send_{name}", text, labels, registry=registry)
