"""Uploading a table: it is dropped, checked and shown, and sent only when somebody says so."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from litestar import get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import File, Redirect, Template

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.counters import Counter
from visitjoin.contract.goals import said_of_mistaken_target, targets_of
from visitjoin.contract.reasons import Reason
from visitjoin.contract.uploads import UploadType
from visitjoin.contract.window import can_upload, cut_off
from visitjoin.prepare.kept import Kept
from visitjoin.prepare.rejects import write_rejects
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.tracking import tracked_since
from visitjoin.receiver.catalog.uploadings import uploading_under
from visitjoin.receiver.console.dropped import (
    FORMATS,
    Findings,
    NotChecked,
    check,
    clear,
    findings,
)
from visitjoin.receiver.console.kinds import KINDS, OWN_TARGETS, Kind
from visitjoin.receiver.console.named import TYPES
from visitjoin.receiver.console.pages import HEADERS, form_of, go_to, page
from visitjoin.receiver.console.sessions import FIELD, NEEDS, check_form
from visitjoin.receiver.console.tracking import days_of
from visitjoin.receiver.door.audit import name_made
from visitjoin.receiver.door.rights import Right
from visitjoin.receiver.intake.multipart import Body, receive_file
from visitjoin.receiver.intake.reception import Asked
from visitjoin.receiver.intake.room import needing_room
from visitjoin.receiver.refusals import Refusal
from visitjoin.receiver.routes.given import (
    AnyRequest,
    GivenCounter,
    GivenReception,
    GivenStores,
    body_of,
)
from visitjoin.receiver.work.spool import Folder, new_folder
from visitjoin.receiver.work.stores import Stores

_CHUNK: Final = 1 << 20

Type: TypeAlias = Annotated[UploadType, QueryParameter(name="type")]


@get("/counter/{counter_id:int}/upload", opt={NEEDS: Right.UPLOAD}, sync_to_thread=True)
def ask_for_file(
    request: AnyRequest,
    counter: GivenCounter,
    stores: GivenStores,
    type_: Type = UploadType.BASIC,
) -> Template:
    """The page onto which a table is dropped."""
    return _form(request, counter, stores, KINDS[type_])


@post(
    "/counter/{counter_id:int}/upload",
    opt={NEEDS: Right.UPLOAD},
    request_max_body_size=None,  # the file is streamed to disk, and counted on the way
)
async def check_file(
    request: AnyRequest,
    counter: GivenCounter,
    stores: GivenStores,
    type_: Type = UploadType.BASIC,
) -> Redirect | Template:
    """Check a table, and go to what was found."""
    kind = KINDS[type_]
    folder = new_folder(stores.settings.spool)
    try:
        fields: dict[str, str] = {}
        with needing_room(folder):
            name = await receive_file(
                body_of(request),
                to=folder.source,
                largest=stores.settings.largest_file,
                fields=fields,
            )
            check_form(request, fields.get(FIELD))
            await asyncio.to_thread(_check, request, counter, stores, folder, name, kind=kind)
    except NotChecked as fault:
        await _remove(folder)
        return await asyncio.to_thread(
            _form, request, counter, stores, kind, fault=fault.why, message=fault.message
        )
    except Refusal as refusal:
        await _remove(folder)
        if refusal.fault.error_type != ErrorType.MISSING_PARAMETER:
            raise
        return await asyncio.to_thread(_form, request, counter, stores, kind, fault="missing")
    except BaseException:
        await asyncio.shield(_remove(folder))
        raise
    return go_to(request, f"/counter/{counter.id}/upload/{folder.name}")


@get(
    "/counter/{counter_id:int}/upload/{check_id:str}",
    opt={NEEDS: Right.UPLOAD},
    sync_to_thread=True,
)
def show_check(
    request: AnyRequest, counter: GivenCounter, check_id: FromPath[str], stores: GivenStores
) -> Template:
    """What was found in a table, and the question whether to upload it."""
    _, found = _known(request, counter, check_id, stores)
    known = goals(stores.catalog, counter.id)
    reached = targets_of(known)
    own_target = KINDS[found.type].target
    return page(
        request,
        "check.html",
        counter=counter,
        at="upload",
        check_id=check_id,
        found=found,
        goals=reached,
        lost=[one for one in found.targets if one.target not in reached and not own_target],
        own_target=own_target,
        types=TYPES,
        mistaken=lambda target: said_of_mistaken_target(target, known),
        reason=lambda value: Reason(value).sentence,
    )


@get(
    "/counter/{counter_id:int}/upload/{check_id:str}/rejected.csv",
    opt={NEEDS: Right.UPLOAD},
    sync_to_thread=True,
)
def get_rejected(
    request: AnyRequest, counter: GivenCounter, check_id: FromPath[str], stores: GivenStores
) -> File:
    """All rejected rows of a checked table, with line, column, value and what to do."""
    folder, found = _known(request, counter, check_id, stores)
    file = folder.path / "rejected.csv"
    write_rejects(Kept(folder.rejects), file)
    return File(
        file,
        filename=f"rejected of {Path(found.file_name).stem}.csv",
        media_type="text/csv",
        headers=HEADERS,
    )


@post("/counter/{counter_id:int}/upload/{check_id:str}", opt={NEEDS: Right.UPLOAD})
async def upload(
    request: AnyRequest,
    counter: GivenCounter,
    check_id: FromPath[str],
    stores: GivenStores,
    reception: GivenReception,
) -> Redirect:
    """Upload a checked table, once however often it is asked; or throw it away."""
    fields = await form_of(request)
    if fields.get("answer") == "discard":
        type_ = await asyncio.to_thread(_discard, request, counter, check_id, stores)
        return go_to(request, f"/counter/{counter.id}/upload?type={type_}")
    key = f"console-{check_id}"
    known = await asyncio.to_thread(uploading_under, stores.catalog, counter.id, key)
    if known is None:
        folder, found = await asyncio.to_thread(_known, request, counter, check_id, stores)
        asked = Asked(type=found.type, comment=found.file_name, key=key)
        known = await reception.take(counter, asked, _body(folder.checked))
        await _remove(folder)
    name_made(request, "uploading", known.id)
    return go_to(request, f"/counter/{counter.id}/uploading/{known.id}")


def _form(
    request: AnyRequest,
    counter: Counter,
    stores: Stores,
    kind: Kind,
    *,
    fault: str = "",
    message: str = "",
) -> Template:
    """The page onto which a table is dropped. fault: why the last one was not taken."""
    now = stores.clock()
    since = tracked_since(stores.catalog, counter.id, kind.tracked_as)
    opens_at = None if since is None else since + stores.settings.upload_delay
    is_open = since is not None and can_upload(since, now, stores.settings.upload_delay)
    return page(
        request,
        "upload.html",
        status=HTTPStatus.BAD_REQUEST if fault else HTTPStatus.OK,
        counter=counter,
        at="upload",
        kind=kind,
        kinds=KINDS,
        types=TYPES,
        days=days_of(counter, now),
        fault=fault,
        message=message,
        is_tracked=since is not None,
        opens_at=None if is_open else opens_at,
        cut_off=None if since is None else cut_off(since, now),
        targets=[
            target
            for target in targets_of(goals(stores.catalog, counter.id))
            if target not in OWN_TARGETS
        ],
        formats=FORMATS,
    )


def _check(
    request: AnyRequest, counter: Counter, stores: Stores, folder: Folder, name: str, *, kind: Kind
) -> Findings:
    now = stores.clock()
    clear(stores.settings.spool, now=now)
    since = tracked_since(stores.catalog, counter.id, kind.tracked_as)
    if since is None:
        raise NotChecked("tracking")
    if not folder.source.stat().st_size:
        raise NotChecked("missing")
    return check(
        folder,
        name,
        kind=kind,
        counter=counter,
        token_name=request.state.token_name,
        now=now,
        since=cut_off(since, now),
    )


def _known(
    request: AnyRequest, counter: Counter, check_id: str, stores: Stores
) -> tuple[Folder, Findings]:
    """A check of this counter and of who asks. Raises Refusal where there is none of this name."""
    known = findings(stores.settings.spool, check_id)
    if known is not None:
        found = known[1]
        if found.counter_id == counter.id and found.token_name == request.state.token_name:
            return known
    raise Refusal(ErrorType.NOT_FOUND, "There is no such check.", location="check")


def _discard(request: AnyRequest, counter: Counter, check_id: str, stores: Stores) -> UploadType:
    """Throw a check away. Returns what its rows were."""
    folder, found = _known(request, counter, check_id, stores)
    folder.remove()
    return found.type


def _body(file: Path) -> Body:
    return Body(stream=_chunks(file), content_type="text/csv", length=file.stat().st_size)


async def _chunks(file: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(file.open, "rb") as opened:
        read = partial(opened.read, _CHUNK)
        while chunk := await asyncio.to_thread(read):
            yield chunk


async def _remove(folder: Folder) -> None:
    await asyncio.to_thread(folder.remove)
