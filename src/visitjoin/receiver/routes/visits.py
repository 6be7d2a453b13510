"""Visits: import a table of them. Beyond the API."""

from typing import Annotated

import structlog
from litestar import post
from litestar.params import QueryParameter

from visitjoin.contract.extension import VisitsImportedAnswer
from visitjoin.receiver.intake.imports import import_visits
from visitjoin.receiver.routes.declared import OF_COUNTER_AND_BODY, TakesVisits
from visitjoin.receiver.routes.given import (
    AnyRequest,
    GivenCounter,
    GivenLake,
    GivenMetrics,
    GivenSettings,
    GivenWorker,
    body_of,
)

_log = structlog.get_logger()


@post(
    "/visits",
    operation_class=TakesVisits,
    responses=OF_COUNTER_AND_BODY,
    status_code=200,
    request_max_body_size=None,
)
async def take_visits(
    *,
    request: AnyRequest,
    counter: GivenCounter,
    settings: GivenSettings,
    lake: GivenLake,
    metrics: GivenMetrics,
    worker: GivenWorker,
    format_: Annotated[str | None, QueryParameter(name="format")] = None,
) -> VisitsImportedAnswer:
    """Import a table of visits: multipart, one part named `file`, .tsv, .csv or .parquet.

    When this is answered the visits are on disk. Import a table twice, and its visits count once:
    the newest import of a visit_id stays. So after no answer it may be sent again. Conversions that
    waited for them are linked after the answer.
    """
    imported = await import_visits(settings, lake, counter, body_of(request), format_=format_)
    worker.wake()
    metrics.imported(imported.accepted)
    _log.info(
        "visits_imported",
        counter=counter.id,
        rows=imported.rows,
        new=imported.new,
        known=imported.known,
        rejected=imported.rejected,
    )
    return VisitsImportedAnswer(visits=imported)
