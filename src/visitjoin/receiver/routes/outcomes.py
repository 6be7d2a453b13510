"""Outcomes: every row of an uploading and its fate. Beyond the API."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from typing import Annotated, BinaryIO, Final

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.response import Stream

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.extension import OUTCOMES_PAGE, OutcomeRow, OutcomesAnswer
from visitjoin.contract.goals import Goal, mistaken_target
from visitjoin.receiver.catalog import uploadings
from visitjoin.receiver.catalog.corrections import corrections
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.lake.outcomes import Among, Remarks, outcomes, write_outcomes
from visitjoin.receiver.refusals import Refusal, not_found
from visitjoin.receiver.routes.declared import OF_OUTCOMES
from visitjoin.receiver.routes.given import GivenCatalog, GivenCounter, GivenStores, Id, Offset
from visitjoin.receiver.work.spool import new_folder
from visitjoin.receiver.work.stores import Stores

LARGEST_PAGE = 100_000

_CHUNK: Final = 1 << 20
"""Bytes of a file that are read at once while it is answered."""


class Form(StrEnum):
    """How outcomes are answered."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


@get("/uploading/{uploading_id:int}/outcomes", responses=OF_OUTCOMES, sync_to_thread=True)
def get_outcomes(
    *,
    counter: GivenCounter,
    uploading_id: Id,
    catalog: GivenCatalog,
    stores: GivenStores,
    offset: Offset = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE)] = OUTCOMES_PAGE,
    form: Annotated[Form, QueryParameter(name="format")] = Form.JSON,
) -> Response[OutcomesAnswer] | Response[str] | Stream:
    """A page of an uploading's rows and their outcomes, in the order of the file.

    `format=parquet` answers all rows as one file, in no order: `offset` and `limit` do not count.
    409 until the uploading has reached its last status: before that a row has no outcome.
    """
    check_ended(catalog, counter.id, uploading_id)
    remarks = remarks_of(catalog, counter.id, goals(catalog, counter.id))
    if form is Form.PARQUET:
        return _parquet(stores, counter.id, uploading_id, remarks)
    among = Among(offset=offset, limit=limit)
    found = outcomes(stores.lake, counter.id, uploading_id, remarks, among)
    rows = tuple(found)
    if form is Form.CSV:
        return Response(_csv(rows), media_type="text/csv")
    counts = uploadings.outcome_counts(catalog, uploading_id)
    answer = OutcomesAnswer(
        outcomes=rows,
        counts={outcome.value: quantity for outcome, quantity in counts.items()},
        rows=sum(counts.values()),
    )
    return Response(answer, media_type="application/json")


def remarks_of(catalog: Catalog, counter_id: int, known: Sequence[Goal]) -> Remarks:
    """What there is to say of the rows of a counter beside their outcomes. known: its goals."""
    return Remarks(
        of_target=partial(mistaken_target, goals=known),
        corrections=corrections(catalog, counter_id),
    )


def check_ended(catalog: Catalog, counter_id: int, uploading_id: int) -> None:
    """Refuse where a counter has no such uploading, or its rows have no outcomes yet."""
    uploading = uploadings.uploading(catalog, counter_id, uploading_id)
    if uploading is None:
        raise not_found("uploading", uploading_id)
    if not uploading.status.is_last:
        raise Refusal(
            ErrorType.CONFLICT,
            f"Uploading {uploading_id} is {uploading.status.value}. Its rows have outcomes when "
            "it has reached PROCESSED or LINKAGE_FAILURE: ask again.",
        )


def _parquet(stores: Stores, counter_id: int, uploading_id: int, remarks: Remarks) -> Stream:
    folder = new_folder(stores.settings.spool)
    try:
        path = folder.path / "outcomes.parquet"
        write_outcomes(stores.lake, counter_id, uploading_id, remarks, path)
        size = path.stat().st_size
        file = path.open("rb")
    finally:
        # An open file stays readable without its name, and is gone whatever the client does.
        folder.remove()
    return Stream(
        _chunks(file),
        media_type="application/vnd.apache.parquet",
        headers={"Content-Length": str(size)},
    )


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        yield from iter(partial(file.read, _CHUNK), b"")


def _csv(rows: Iterable[OutcomeRow]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = OutcomeRow.__struct_fields__
    writer.writerow(names)
    writer.writerows([getattr(row, name) for name in names] for row in rows)
    return text.getvalue()
