"""Outcomes: every row of an uploading and its fate. Beyond the API."""

import csv
import io
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.extension import OUTCOMES_PAGE, OutcomeRow, OutcomesAnswer
from visitjoin.contract.goals import Goal, mistaken_target
from visitjoin.contract.outcomes import Outcome
from visitjoin.receiver.catalog import uploadings
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.lake.answers import outcomes
from visitjoin.receiver.refusals import Refusal, not_found
from visitjoin.receiver.routes.given import GivenCatalog, GivenCounter, GivenLake

LARGEST_PAGE = 100_000


class Form(StrEnum):
    """How outcomes are answered."""

    JSON = "json"
    CSV = "csv"


@get("/uploading/{uploading_id:int}/outcomes", sync_to_thread=True)
def get_outcomes(
    *,
    counter: GivenCounter,
    uploading_id: FromPath[int],
    catalog: GivenCatalog,
    lake: GivenLake,
    offset: Annotated[int, QueryParameter(ge=0, description="rows of the file to leave out")] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE)] = OUTCOMES_PAGE,
    form: Annotated[Form, QueryParameter(name="format")] = Form.JSON,
) -> Response[OutcomesAnswer] | Response[str]:
    """A page of an uploading's rows and their outcomes, in the order of the file.

    409 until the uploading has reached its last status: before that a row has no outcome.
    """
    _check_ended(catalog, counter.id, uploading_id)
    found = outcomes(lake, counter.id, uploading_id, offset=offset, limit=limit)
    rows = tuple(_with_remarks(found, goals(catalog, counter.id)))
    if form is Form.CSV:
        return Response(_csv(rows), media_type="text/csv")
    counts = uploadings.outcome_counts(catalog, uploading_id)
    answer = OutcomesAnswer(
        outcomes=rows,
        counts={outcome.value: quantity for outcome, quantity in counts.items()},
        rows=sum(counts.values()),
    )
    return Response(answer, media_type="application/json")


def _check_ended(catalog: Catalog, counter_id: int, uploading_id: FromPath[int]) -> None:
    uploading = uploadings.uploading(catalog, counter_id, uploading_id)
    if uploading is None:
        raise not_found("uploading", uploading_id)
    if not uploading.status.is_last:
        raise Refusal(
            ErrorType.CONFLICT,
            f"Uploading {uploading_id} is {uploading.status.value}. Its rows have outcomes when "
            "it has reached PROCESSED or LINKAGE_FAILURE: ask again.",
        )


def _with_remarks(rows: Iterable[OutcomeRow], known: tuple[Goal, ...]) -> Iterable[OutcomeRow]:
    @cache
    def remark(target: str) -> str | None:
        return mistaken_target(target, known)

    for row in rows:
        if row.outcome == Outcome.GOAL_NOT_FOUND and row.target is not None:
            yield msgspec.structs.replace(row, remark=remark(row.target))
        else:
            yield row


def _csv(rows: Iterable[OutcomeRow]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = OutcomeRow.__struct_fields__
    writer.writerow(names)
    writer.writerows([getattr(row, name) for name in names] for row in rows)
    return text.getvalue()
