"""For who runs the receiver: is it alive, and what has it done? Without a token."""

from litestar import MediaType, Response, get
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text

from visitjoin.receiver.routes.declared import OF_OPERATIONS
from visitjoin.receiver.routes.given import GivenCatalog, GivenMetrics


@get("/health", responses=OF_OPERATIONS, sync_to_thread=True)
def get_health(catalog: GivenCatalog) -> dict[str, str]:
    """Whether the receiver and its catalog answer."""
    with catalog.connect() as connection:
        connection.execute(text("select 1"))
    return {"status": "ok"}


@get("/metrics", responses=OF_OPERATIONS, media_type=MediaType.TEXT, sync_to_thread=True)
def get_metrics(metrics: GivenMetrics) -> Response[bytes]:
    """Counters in Prometheus's text form."""
    return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)
