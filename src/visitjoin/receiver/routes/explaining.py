"""Why did rows end as they did? Beyond the API."""

from typing import Annotated, Final

from litestar import get
from litestar.params import PathParameter

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.explanation import (
    RowExplained,
    RowExplainedAnswer,
    Summary,
    SummaryAnswer,
)
from visitjoin.receiver.catalog import uploadings
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.progress import progress
from visitjoin.receiver.explaining import FARTHEST_ZONE, advice, said_of_row, seen_visits
from visitjoin.receiver.lake.facts import facts_of_row, facts_of_uploading
from visitjoin.receiver.lake.outcomes import Among, outcomes
from visitjoin.receiver.refusals import Refusal
from visitjoin.receiver.routes.declared import OF_OUTCOMES
from visitjoin.receiver.routes.given import GivenCatalog, GivenClock, GivenCounter, GivenLake, Id
from visitjoin.receiver.routes.outcomes import check_ended, remarks_of

_MOST_ROWS: Final = 2**62
"""More than a file has; what is larger is no number of the engine's."""


@get("/uploading/{uploading_id:int}/summary", responses=OF_OUTCOMES, sync_to_thread=True)
def get_summary(
    counter: GivenCounter,
    uploading_id: Id,
    catalog: GivenCatalog,
    lake: GivenLake,
    clock: GivenClock,
) -> SummaryAnswer:
    """An uploading in words: how many rows ended where, and what to mend.

    409 until the uploading has reached its last status.
    """
    check_ended(catalog, counter.id, uploading_id)
    ended = progress(catalog, uploading_id)
    since = ended.cut_off(clock())
    counts = uploadings.outcome_counts(catalog, uploading_id)
    zones = int(FARTHEST_ZONE.total_seconds())
    facts = facts_of_uploading(lake, counter.id, uploading_id, zones=zones)
    return SummaryAnswer(
        Summary(
            uploading=uploading_id,
            rows=sum(counts.values()),
            counts={outcome.value: rows for outcome, rows in counts.items()},
            cut_off=since,
            advice=advice(
                facts,
                cut_off=since,
                tracked_since=ended.tracked_since,
                goals=goals(catalog, counter.id),
            ),
        )
    )


@get(
    "/uploading/{uploading_id:int}/outcomes/{row_no:int}",
    responses=OF_OUTCOMES,
    sync_to_thread=True,
)
def explain_row(
    *,
    counter: GivenCounter,
    uploading_id: Id,
    row_no: Annotated[int, PathParameter(ge=1, le=_MOST_ROWS)],
    catalog: GivenCatalog,
    lake: GivenLake,
    clock: GivenClock,
) -> RowExplainedAnswer:
    """One row, its outcome, the rule that decided and the visits that its visitor had.

    409 until the uploading has reached its last status.
    """
    check_ended(catalog, counter.id, uploading_id)
    known = goals(catalog, counter.id)
    remarks = remarks_of(catalog, counter.id, known)
    among = Among(offset=row_no - 1, limit=1)
    found = outcomes(lake, counter.id, uploading_id, remarks, among)
    row = next(found, None)
    if row is None:
        raise Refusal(ErrorType.NOT_FOUND, f"Uploading {uploading_id} has no row {row_no}.")
    since = progress(catalog, uploading_id).cut_off(clock())
    facts = facts_of_row(lake, counter.id, uploading_id, row_no)
    return RowExplainedAnswer(
        RowExplained(
            row=row,
            said=said_of_row(row, facts, cut_off=since, goals=known),
            cut_off=since,
            identifiers=tuple(kind.value for kind in facts.identifiers) if facts else (),
            visits=tuple(seen_visits(row, facts, since)) if facts else (),
            visits_in_all=facts.visits_in_all if facts else 0,
        )
    )
