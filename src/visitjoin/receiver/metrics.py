"""What does the receiver count for Prometheus? Uploads, rows and bytes; never who or what."""

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from visitjoin.contract.uploads import Uploading
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.uploadings import quantities_by_status


class Metrics:
    """The counters of one receiver, in a registry of their own."""

    def __init__(self, catalog: Catalog) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Uploadings(catalog))
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
        self._accepted.inc(accepted)
        self._rejected.inc((uploading.source_quantity or 0) - accepted)

    def imported(self, visits: int) -> None:
        """Visits were imported."""
        self._visits.inc(visits)

    def text(self) -> bytes:
        """Everything, in Prometheus's text form."""
        return generate_latest(self._registry)


class _Uploadings(Collector):
    """Where the uploadings stand, asked of the catalog when somebody wants to know."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def collect(self) -> list[Metric]:
        family = GaugeMetricFamily(
            "visitjoin_uploadings", "Uploadings by status", labels=["status"]
        )
        for status, quantity in quantities_by_status(self._catalog).items():
            family.add_metric([status.value], quantity)
        return [family]
