"""Uploads: take a file, list the uploadings, one uploading."""

import asyncio
from typing import Annotated

import structlog
from litestar import get, post
from litestar.params import FromPath, QueryParameter

from visitjoin.contract.answers import UploadingAnswer, UploadingsAnswer
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import DEFAULT_LIMIT, UploadType, fault_of_comment
from visitjoin.receiver.catalog import uploadings
from visitjoin.receiver.intake import Upload
from visitjoin.receiver.refusals import invalid, not_found
from visitjoin.receiver.routes.given import (
    AnyRequest,
    GivenCatalog,
    GivenClock,
    GivenCounter,
    GivenIntake,
    GivenMetrics,
    GivenSettings,
    GivenWorker,
    Key,
    body_of,
)
from visitjoin.receiver.routes.tracking import uploads_open_since

_log = structlog.get_logger()

Comment = Annotated[
    str, QueryParameter(description="Comes back with the uploading; 255 characters")
]
Only = Annotated[
    IdentifierKind | None,
    QueryParameter(description="Older generation: the one kind in the file"),
]
Type = Annotated[UploadType, QueryParameter(name="type")]


@post(
    "/offline_conversions/upload",
    status_code=200,
    request_max_body_size=None,  # the file is streamed to disk, and counted on the way
)
async def upload(
    *,
    request: AnyRequest,
    counter: GivenCounter,
    catalog: GivenCatalog,
    clock: GivenClock,
    settings: GivenSettings,
    intake: GivenIntake,
    worker: GivenWorker,
    metrics: GivenMetrics,
    comment: Comment = "",
    client_id_type: Only = None,
    type_: Type = UploadType.BASIC,
    idempotency_key: Key = None,
) -> UploadingAnswer:
    """Take a file of conversions: multipart, one part named `file`, at most 1 GB.

    When this is answered, the file is checked and on disk, and will be processed whatever
    happens to the receiver. A bad row is rejected by itself: `source_quantity` less
    `line_quantity` says how many. After an error nothing was taken, and the corrected file may be
    sent. After no answer at all, send again under the same `Idempotency-Key`: where the file was
    taken, its uploading is answered. Without a key, look for the comment among the uploadings.
    """
    body = body_of(request)
    if known := await intake.taken_before(counter, idempotency_key, body):
        _log.info("upload_known", counter=counter.id, uploading=known.id)
        return UploadingAnswer(uploading=known)
    _check_type(type_)
    if fault := fault_of_comment(comment):
        raise invalid(fault, location="comment")
    since = await asyncio.to_thread(
        uploads_open_since, catalog, counter, now=clock(), delay=settings.upload_delay
    )
    asked = Upload(
        counter=counter,
        tracked_since=since,
        comment=comment,
        type=type_,
        only=client_id_type,
        key=idempotency_key,
    )
    taken = await intake.take(asked, body)
    uploading = taken.uploading
    if taken.is_new:
        worker.wake()
        metrics.took(uploading)
    _log.info(
        "upload_accepted" if taken.is_new else "upload_known",
        counter=counter.id,
        uploading=uploading.id,
        rows=uploading.source_quantity,
        accepted=uploading.line_quantity,
    )
    return UploadingAnswer(uploading=uploading)


@get("/offline_conversions/uploadings", sync_to_thread=True)
def list_uploadings(
    counter: GivenCounter,
    catalog: GivenCatalog,
    limit: Annotated[int, QueryParameter(ge=1, le=DEFAULT_LIMIT)] = DEFAULT_LIMIT,
    offset: Annotated[int, QueryParameter(ge=0)] = 0,
    type_: Type = UploadType.BASIC,
) -> UploadingsAnswer:
    """List the uploadings of a counter, newest first. `offset` counts from 0."""
    found = uploadings.uploadings(catalog, counter.id, type_=type_, limit=limit, offset=offset)
    return UploadingsAnswer(uploadings=found)


@get("/offline_conversions/uploading/{uploading_id:int}", sync_to_thread=True)
def get_uploading(
    counter: GivenCounter, uploading_id: FromPath[int], catalog: GivenCatalog
) -> UploadingAnswer:
    """One uploading: how far it has come, and at its end how many rows were linked."""
    found = uploadings.uploading(catalog, counter.id, uploading_id)
    if found is None:
        raise not_found("uploading", uploading_id)
    return UploadingAnswer(uploading=found)


def _check_type(type_: UploadType) -> None:
    if type_ is not UploadType.BASIC:
        raise invalid(
            f"This receiver does not take {type_.value} yet. Leave `type` out, or say BASIC.",
            location="type",
        )
