"""The uploadings of a counter, and what became of the rows of one."""

from math import ceil
from typing import Annotated, Final

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Template

from visitjoin.contract.goals import said_of_mistaken_target
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.reasons import Reason
from visitjoin.contract.uploads import Uploading, UploadStatus
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.progress import progress
from visitjoin.receiver.catalog.uploadings import outcome_counts, uploading, uploadings
from visitjoin.receiver.console import drawn
from visitjoin.receiver.console.given import GivenDerived
from visitjoin.receiver.console.named import KINDS, OUTCOMES, STATUSES, TYPES
from visitjoin.receiver.console.pages import language, page
from visitjoin.receiver.console.questions import ROWS_OF_A_PAGE, causes_of, rows_of
from visitjoin.receiver.console.sessions import NEEDS, may
from visitjoin.receiver.door.rights import Right
from visitjoin.receiver.refusals import not_found
from visitjoin.receiver.routes.given import AnyRequest, GivenCatalog, GivenClock, GivenCounter, Id
from visitjoin.receiver.routes.outcomes import check_ended

OF_A_PAGE: Final = 25

_LIFE: Final = (
    UploadStatus.UPLOADED,
    UploadStatus.EXPORTED,
    UploadStatus.MATCHED,
    UploadStatus.PROCESSED,
)
"""The steps of an uploading, as a page shows them; PREPARED is the first one, too."""

Number = Annotated[int, QueryParameter(name="page", ge=1, le=1_000_000_000)]
Ended = Annotated[Outcome | None, QueryParameter(name="outcome")]


@get("/counter/{counter_id:int}/uploadings", opt={NEEDS: Right.FOLLOW}, sync_to_thread=True)
def list_uploadings(
    request: AnyRequest, counter: GivenCounter, catalog: GivenCatalog, number: Number = 1
) -> Template:
    """The uploadings, newest first; those on their way show how far they are."""
    # One more than a page has, to see whether there is another.
    before = (number - 1) * OF_A_PAGE
    found = uploadings(catalog, counter.id, type_=None, limit=OF_A_PAGE + 1, offset=before)
    shown = found[:OF_A_PAGE]
    return page(
        request,
        "uploadings.html",
        part="uploadings_live.html",
        counter=counter,
        at="uploadings",
        uploadings=shown,
        is_live=any(not one.status.is_last for one in shown),
        statuses=STATUSES,
        types=TYPES,
        number=number,
        has_more=len(found) > OF_A_PAGE,
    )


@get(
    "/counter/{counter_id:int}/uploading/{uploading_id:int}",
    opt={NEEDS: Right.FOLLOW},
    sync_to_thread=True,
)
def show_uploading(
    *,
    request: AnyRequest,
    counter: GivenCounter,
    uploading_id: Id,
    catalog: GivenCatalog,
    clock: GivenClock,
    derived: GivenDerived,
) -> Template:
    """One uploading: how far it is, how its rows ended, and what to mend."""
    found = _uploading(catalog, counter.id, uploading_id)
    lang = language(request)
    is_open = found.status.is_last and may(request.state.token, Right.LOOK)
    causes = causes_of(derived, counter, uploading_id) if is_open else None
    boxes, entries = drawn.outcomes(lang, outcome_counts(catalog, uploading_id))
    return page(
        request,
        "uploading.html",
        part="uploading_live.html",
        counter=counter,
        at="uploadings",
        uploading=found,
        stands=STATUSES[found.status],
        steps=[STATUSES[status].name for status in _LIFE],
        step=_LIFE.index(found.status) if found.status in _LIFE else 0,
        types=TYPES,
        boxes=boxes,
        entries=entries,
        causes=causes,
        outcome_names=OUTCOMES,
        linked_outcome=Outcome.LINKED,
        cut_off=progress(catalog, uploading_id).cut_off(clock()),
    )


@get(
    "/counter/{counter_id:int}/uploading/{uploading_id:int}/rows",
    opt={NEEDS: Right.LOOK},
    sync_to_thread=True,
)
def show_rows(
    *,
    request: AnyRequest,
    counter: GivenCounter,
    uploading_id: Id,
    catalog: GivenCatalog,
    derived: GivenDerived,
    number: Number = 1,
    ended: Ended = None,
) -> Template:
    """The rows of an uploading, or those that ended in one way, page by page."""
    found = _uploading(catalog, counter.id, uploading_id)
    check_ended(catalog, counter.id, uploading_id)
    counts = outcome_counts(catalog, uploading_id)
    rows = sum(counts.values()) if ended is None else counts.get(ended, 0)
    last = max(1, ceil(rows / ROWS_OF_A_PAGE))
    number = min(number, last)
    known = goals(catalog, counter.id)
    return page(
        request,
        "rows.html",
        part="rows_live.html",
        counter=counter,
        at="uploadings",
        uploading=found,
        rows=rows_of(derived, counter, uploading_id, number, ended),
        ended=ended,
        entries=drawn.outcomes(language(request), counts)[1],
        number=number,
        last=last,
        outcome=lambda value: OUTCOMES[Outcome(value)],
        reason=lambda value: Reason(value).sentence,
        kinds=KINDS,
        mistaken=lambda target: said_of_mistaken_target(target, known),
        source_name=drawn.source_name,
    )


def _uploading(catalog: Catalog, counter_id: int, uploading_id: int) -> Uploading:
    found = uploading(catalog, counter_id, uploading_id)
    if found is None:
        raise not_found("uploading", uploading_id)
    return found
