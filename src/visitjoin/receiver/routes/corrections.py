"""Corrections: take conversions back, or give them new prices. Beyond the API."""

from collections import Counter as Tally
from collections.abc import Iterable
from typing import Annotated

import structlog
from litestar import get, post
from litestar.params import JSONBody, QueryParameter

from visitjoin.contract.extension import (
    OUTCOMES_PAGE,
    CorrectionAnswer,
    CorrectionsAnswer,
    CorrectionsBody,
    CorrectionState,
    KeptCorrection,
    KeptCorrectionsAnswer,
    fault_of_corrections,
)
from visitjoin.receiver.catalog.corrections import corrections
from visitjoin.receiver.corrections import correct
from visitjoin.receiver.refusals import OF_JSON, invalid
from visitjoin.receiver.routes.declared import OF_COUNTER, OF_COUNTER_AND_BODY
from visitjoin.receiver.routes.given import (
    AnyRequest,
    GivenCatalog,
    GivenCounter,
    GivenStores,
    Key,
    Offset,
)
from visitjoin.receiver.routes.outcomes import LARGEST_PAGE

_log = structlog.get_logger()


@post(
    "/corrections",
    responses=OF_COUNTER_AND_BODY,
    exception_handlers=OF_JSON,
    status_code=200,
    sync_to_thread=True,
)
def make_corrections(
    *,
    request: AnyRequest,
    counter: GivenCounter,
    data: JSONBody[CorrectionsBody],
    stores: GivenStores,
    idempotency_key: Key = None,
) -> CorrectionsAnswer:
    """Retract conversions or give them new prices, up to 10,000 at a time: all or none.

    Each is answered with the number of conversions that it applies to; 0 is no error. When this is
    answered the corrections are on disk. The newest word about a conversion counts: the last
    correction of it, unless an uploading that was accepted later has it again.
    """
    if fault := fault_of_corrections(data.corrections):
        raise invalid(fault, location="corrections")
    made = correct(
        stores,
        counter.id,
        data.corrections,
        key=idempotency_key,
        made_by=request.state.token_name,
    )
    answer = _answer(made)
    _log.info("corrections_made", counter=counter.id, **answer.counts)
    return answer


@get("/corrections", responses=OF_COUNTER, sync_to_thread=True)
def list_corrections(
    counter: GivenCounter,
    catalog: GivenCatalog,
    limit: Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE)] = OUTCOMES_PAGE,
    offset: Offset = 0,
) -> KeptCorrectionsAnswer:
    """List the corrections of a counter, newest first: who said what, and when."""
    found = corrections(catalog, counter.id, limit=limit, offset=offset)
    return KeptCorrectionsAnswer(corrections=found)


def _answer(made: Iterable[KeptCorrection]) -> CorrectionsAnswer:
    rows = tuple(
        CorrectionAnswer(row_no=kept.row_no, found=kept.found, state=kept.state) for kept in made
    )
    tally = Tally(row.state for row in rows)
    return CorrectionsAnswer(
        corrections=rows, counts={state.value: tally[state] for state in CorrectionState}
    )
