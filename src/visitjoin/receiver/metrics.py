"""What has the receiver done, and how does it do? Uploads, rows and seconds; never who or what."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.clock import Clock
from visitjoin.contract.uploads import Uploading
from visitjoin.receiver.catalog.queue import oldest_unfinished
from visitjoin.receiver.catalog.uploadings import quantities_by_status
from visitjoin.receiver.collect import counted
from visitjoin.receiver.health import Health
from visitjoin.receiver.refusals import Refusal
from visitjoin.receiver.work import measured


class Metrics:
    """The counters of one receiver, in a registry of their own."""

    def __init__(self, health: Health, clock: Clock) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Now(health, clock))
        self._taken = Counter(
            "visitjoin_uploads_taken", "Uploads that were accepted", registry=self._registry
        )
        self._refused = Counter(
            "visitjoin_uploads_refused",
            "Uploads that were not, by the error that was answered",
            ["reason"],
            registry=self._registry,
        )
        self._accepted = Counter(
            "visitjoin_rows_accepted", "Rows that passed the checks", registry=self._registry
        )
        self._rejected = Counter(
            "visitjoin_rows_rejected", "Rows that did not", registry=self._registry
        )
        self._visits = Counter("visitjoin_visits", "Visits imported", registry=self._registry)

    def took(self, uploading: Uploading) -> None:
        """A file was accepted."""
        accepted = uploading.line_quantity or 0
        self._taken.inc()
        self._accepted.inc(accepted)
        self._rejected.inc((uploading.source_quantity or 0) - accepted)

    @contextmanager
    def counting_refusals(self) -> Iterator[None]:
        """Count an upload that is not taken. One that its client broke off is not counted."""
        try:
            yield
        except Refusal as refusal:
            self._refused.labels(refusal.fault.error_type).inc()
            raise
        except Exception:
            self._refused.labels(ErrorType.BACKEND_ERROR.value).inc()
            raise

    def imported(self, visits: int) -> None:
        """Visits were imported."""
        self._visits.inc(visits)

    def text(self) -> bytes:
        """Everything, in Prometheus's text form."""
        return (
            generate_latest(self._registry)
            + generate_latest(measured.REGISTRY)
            + generate_latest(counted.REGISTRY)
        )


class _Now(Collector):
    """How things stand, asked when somebody wants to know."""

    def __init__(self, health: Health, clock: Clock) -> None:
        self._health = health
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        healthy = GaugeMetricFamily(
            "visitjoin_healthy", "Whether a part works: 1 or 0", labels=["part"]
        )
        for part, fault in self._health.faults().items():
            healthy.add_metric([part.value], fault is None)
        yield healthy
        yield GaugeMetricFamily(
            "visitjoin_spool_free_bytes",
            "Room that is left for uploads",
            value=shutil.disk_usage(self._health.settings.spool).free,
        )
        try:
            yield from self._uploadings()
        except SQLAlchemyError:
            return  # told by visitjoin_healthy; what else there is to tell is not held up

    def _uploadings(self) -> list[Metric]:
        by_status = GaugeMetricFamily(
            "visitjoin_uploadings", "Uploadings by status", labels=["status"]
        )
        quantities = quantities_by_status(self._health.catalog)
        for status, quantity in quantities.items():
            by_status.add_metric([status.value], quantity)
        oldest = oldest_unfinished(self._health.catalog)
        return [
            by_status,
            GaugeMetricFamily(
                "visitjoin_queue_length",
                "Uploadings on their way to their last status",
                value=sum(n for status, n in quantities.items() if not status.is_last),
            ),
            GaugeMetricFamily(
                "visitjoin_oldest_unfinished_seconds",
                "Age of the oldest of them; 0 where there is none",
                value=0 if oldest is None else self._age(oldest),
            ),
        ]

    def _age(self, moment: datetime) -> float:
        return (self._clock() - moment).total_seconds()
