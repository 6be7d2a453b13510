"""Uploads: take a file, list the uploadings, one uploading."""

from typing import Annotated, TypeAlias

from litestar import get, post
from litestar.params import QueryParameter

from visitjoin.contract.answers import UploadingAnswer, UploadingsAnswer
from visitjoin.contract.counters import Counter
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import DEFAULT_LIMIT, Uploading, UploadType
from visitjoin.receiver.catalog import counters, uploadings
from visitjoin.receiver.catalog.memory import Answers
from visitjoin.receiver.door.audit import name_made
from visitjoin.receiver.intake.reception import Asked, Reception
from visitjoin.receiver.refusals import not_found
from visitjoin.receiver.routes.declared import OF_COUNTER, OF_COUNTER_AND_BODY, TakesConversions
from visitjoin.receiver.routes.given import (
    AnyRequest,
    GivenCatalog,
    GivenCounter,
    GivenReception,
    GivenShape,
    Id,
    Key,
    Offset,
    Shape,
    body_of,
)

Comment: TypeAlias = Annotated[
    str, QueryParameter(description="Comes back with the uploading; 255 characters")
]
Only: TypeAlias = Annotated[
    IdentifierKind | None,
    QueryParameter(description="Older generation: the one kind in the file"),
]
Type: TypeAlias = Annotated[UploadType, QueryParameter(name="type")]
NewGoalName: TypeAlias = Annotated[
    str, QueryParameter(description="Calls: name of their goal, where there is none yet")
]
Limit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=DEFAULT_LIMIT)]


@post(
    "/offline_conversions/upload",
    operation_class=TakesConversions,
    responses=OF_COUNTER_AND_BODY,
    status_code=200,
    request_max_body_size=None,  # the file is streamed to disk, and counted on the way
)
async def upload(
    *,
    request: AnyRequest,
    counter: GivenCounter,
    reception: GivenReception,
    shape: GivenShape,
    comment: Comment = "",
    client_id_type: Only = None,
    type_: Type = UploadType.BASIC,
    new_goal_name: NewGoalName = "",
    idempotency_key: Key = None,
) -> UploadingAnswer:
    """Take a file of conversions: multipart, one part named `file`, at most 1 GB.

    When this is answered, the file is checked and on disk, and will be processed whatever
    happens to the receiver. A bad row is rejected by itself: `source_quantity` less
    `line_quantity` says how many. After an error nothing was taken, and the corrected file may be
    sent. After no answer at all, send again under the same `Idempotency-Key`: where the file was
    taken, its uploading is answered. Without a key, look for the comment among the uploadings.
    """
    asked = Asked(
        type=type_,
        comment=comment,
        only=client_id_type,
        key=idempotency_key,
        new_goal_name=new_goal_name,
    )
    return await _take(request, counter, reception, shape, asked)


@post(
    "/offline_conversions/upload_calls",
    operation_class=TakesConversions,
    responses=OF_COUNTER_AND_BODY,
    status_code=200,
    request_max_body_size=None,
)
async def upload_calls(
    *,
    request: AnyRequest,
    counter: GivenCounter,
    reception: GivenReception,
    shape: GivenShape,
    comment: Comment = "",
    client_id_type: Only = None,
    new_goal_name: NewGoalName = "",
    idempotency_key: Key = None,
) -> UploadingAnswer:
    """Take a file of calls; the same as `upload` with `type=CALLS`.

    Calls have no Target: all of a counter reach one goal, which the first upload makes.
    """
    asked = Asked(
        type=UploadType.CALLS,
        comment=comment,
        only=client_id_type,
        key=idempotency_key,
        new_goal_name=new_goal_name,
    )
    return await _take(request, counter, reception, shape, asked)


@post(
    "/yclid_conversions/upload",
    operation_class=TakesConversions,
    responses=OF_COUNTER_AND_BODY,
    status_code=200,
    request_max_body_size=None,
)
async def upload_yclids(
    *,
    request: AnyRequest,
    counter: GivenCounter,
    reception: GivenReception,
    shape: GivenShape,
    comment: Comment = "",
    idempotency_key: Key = None,
) -> UploadingAnswer:
    """Take a file of conversions by Yclid: a call of the older generation, kept for its clients.

    The same as `upload` with `client_id_type=YCLID`, and listed with what came by that.
    """
    asked = Asked(
        type=UploadType.BASIC, comment=comment, only=IdentifierKind.YCLID, key=idempotency_key
    )
    return await _take(request, counter, reception, shape, asked)


async def _take(
    request: AnyRequest, counter: Counter, reception: Reception, shape: Shape, asked: Asked
) -> UploadingAnswer:
    taken = await reception.take(counter, asked, body_of(request))
    name_made(request, "uploading", taken.id)
    return UploadingAnswer(uploading=shape(taken))


@get(
    "/offline_conversions/uploadings",
    responses=OF_COUNTER,
    sync_to_thread=True,
)
def list_uploadings(
    *,
    counter: GivenCounter,
    catalog: GivenCatalog,
    shape: GivenShape,
    limit: Limit = DEFAULT_LIMIT,
    offset: Offset = 0,
    type_: Type = UploadType.BASIC,
) -> UploadingsAnswer:
    """List the uploadings of a counter, newest first. `offset` counts from 0."""
    found = uploadings.uploadings(catalog, counter.id, type_=type_, limit=limit, offset=offset)
    return UploadingsAnswer(uploadings=tuple(map(shape, found)))


@get("/offline_conversions/calls_uploadings", responses=OF_COUNTER, sync_to_thread=True)
def list_calls_uploadings(
    counter: GivenCounter,
    catalog: GivenCatalog,
    shape: GivenShape,
    limit: Limit = DEFAULT_LIMIT,
    offset: Offset = 0,
) -> UploadingsAnswer:
    """List the uploadings of calls, newest first. `offset` counts from 0."""
    found = uploadings.uploadings(
        catalog, counter.id, type_=UploadType.CALLS, limit=limit, offset=offset
    )
    return UploadingsAnswer(uploadings=tuple(map(shape, found)))


@get(
    "/offline_conversions/uploading/{uploading_id:int}",
    responses=OF_COUNTER,
)
async def get_uploading(
    request: AnyRequest, counter_id: Id, uploading_id: Id, shape: GivenShape
) -> UploadingAnswer:
    """One uploading: how far it has come, and at its end how many rows were linked."""
    found = await _followed(request.state.answers, counter_id, uploading_id)
    return UploadingAnswer(uploading=shape(found))


@get(
    "/offline_conversions/calls_uploading/{uploading_id:int}",
    responses=OF_COUNTER,
)
async def get_calls_uploading(
    request: AnyRequest, counter_id: Id, uploading_id: Id, shape: GivenShape
) -> UploadingAnswer:
    """One uploading of calls; the same as `uploading`, which answers those of every type."""
    found = await _followed(request.state.answers, counter_id, uploading_id)
    if found.type != UploadType.CALLS:
        raise not_found("uploading of calls", uploading_id)
    return UploadingAnswer(uploading=shape(found))


async def _followed(answers: Answers, counter_id: int, uploading_id: int) -> Uploading:
    """What clients ask for again and again until it is at its end, so one question, not two."""
    found = await answers.ask(uploadings.uploading, counter_id, uploading_id)
    if found is not None:
        return found
    if await answers.ask(counters.is_there, counter_id):
        raise not_found("uploading", uploading_id)
    raise not_found("counter", counter_id)
