"""What happens to a file between its last byte and the answer?

It is checked, its rows are synced, and the catalog writes it down, in this order. Only then is it
answered: what was answered survives, and what was not leaves nothing behind.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final
from zoneinfo import ZoneInfo

from visitjoin.contract.calls import CALL_TARGET
from visitjoin.contract.chats import CHAT_TARGET
from visitjoin.contract.clock import Clock
from visitjoin.contract.columns import IDENTIFIER_COLUMNS, Column
from visitjoin.contract.counters import Counter
from visitjoin.contract.errors import SourceError
from visitjoin.contract.goals import own_goal, targets_of
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import Uploading, UploadType
from visitjoin.prepare import Mapping, Prepared, prepare
from visitjoin.prepare.calls import PreparedCalls, prepare_calls
from visitjoin.prepare.chats import prepare_chats
from visitjoin.receiver.catalog.goals import add_goal, goals
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.uploadings import Accepted, KeyTaken, record, uploading_under
from visitjoin.receiver.config import Settings
from visitjoin.receiver.intake.multipart import Body, discard, receive_file
from visitjoin.receiver.intake.room import needing_room
from visitjoin.receiver.refusals import bad_file, refused_file
from visitjoin.receiver.work.priority import Rush
from visitjoin.receiver.work.spool import Folder, new_folder

_API_NAMES_ONLY: Final = Mapping(aliases=False)
"""The receiver takes the API's column names: guessing is the sender's business."""

_CHECK: Final[dict[UploadType, Callable[..., Prepared]]] = {
    UploadType.BASIC: prepare,
    UploadType.CALLS: prepare_calls,
    UploadType.CHATS: prepare_chats,
}

_SMALL: Final = 1 << 20
"""Bytes of a file whose check takes no memory to speak of: such ones wait for no large one."""

_SMALL_AT_ONCE: Final = 8
"""Small files that are checked at the same time: each waits half of its time, for other threads."""

_OWN_TARGET: Final = {UploadType.CALLS: CALL_TARGET, UploadType.CHATS: CHAT_TARGET}
"""The goal that all rows of a type reach."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """What a request says about the file it carries."""

    counter: Counter
    tracked_since: datetime
    comment: str
    type: UploadType
    only: IdentifierKind | None
    """The older generation: the one kind that the file has."""
    key: str | None = None
    """The Idempotency-Key: a file that comes under it again is not taken again."""
    own_goal_name: str = ""
    """The name of the goal of calls or chats, where the counter has none yet."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The uploading that answers a request, and whether this request made it."""

    uploading: Uploading
    is_new: bool


class Intake:
    """Takes files in, a bounded number of checks at a time."""

    def __init__(self, settings: Settings, catalog: Catalog, clock: Clock, rush: Rush) -> None:
        """rush: is told of large files, whose checks take every core."""
        self._rush = rush
        self._settings = settings
        self._catalog = catalog
        self._clock = clock
        self._bodies = asyncio.Semaphore(settings.bodies_at_once)
        self._checks = asyncio.Semaphore(settings.checks_at_once)
        self._small_checks = asyncio.Semaphore(_SMALL_AT_ONCE)
        self._own_goals = Lock()

    async def taken_before(self, counter: Counter, key: str | None, body: Body) -> Uploading | None:
        """The uploading that was accepted under a key already; the body is then read and dropped.

        Raises Refusal where the body is too large to be read.
        """
        if key is None:
            return None
        known = await asyncio.to_thread(uploading_under, self._catalog, counter.id, key)
        if known is not None:
            # To its end: a client that is still sending may not look for an answer.
            await discard(body, largest=self._settings.largest_file)
        return known

    async def take(self, upload: Upload, body: Body) -> Taken:
        """Receive a file, check it, and write it down, once for its key.

        Returns the uploading once it is durable. Raises Refusal where nothing was taken.
        """
        folder = new_folder(self._settings.spool)
        try:
            with needing_room(folder):
                async with self._bodies:
                    await receive_file(body, to=folder.source, largest=self._settings.largest_file)
                prepared = await self._check(upload, folder)
        except BaseException:
            # Also when the client hung up: a request that was not answered leaves nothing.
            await asyncio.shield(asyncio.to_thread(folder.remove))
            raise
        # In one thread, because a thread is not cancelled half-way: either it is written down
        # and its folder is there, or neither is.
        return await asyncio.to_thread(self._record, upload, folder, prepared)

    async def _check(self, upload: Upload, folder: Folder) -> Prepared:
        if folder.source.stat().st_size <= _SMALL:
            async with self._small_checks:
                return await asyncio.to_thread(_prepare, upload, folder, self._clock())
        with self._rush.waiting():
            async with self._checks:
                return await asyncio.to_thread(_prepare, upload, folder, self._clock())

    def _record(self, upload: Upload, folder: Folder, prepared: Prepared) -> Taken:
        accepted = Accepted(
            counter_id=upload.counter.id,
            folder=folder.name,
            created_at=self._clock(),
            tracked_since=upload.tracked_since,
            source_quantity=prepared.rows,
            line_quantity=prepared.accepted,
            comment=upload.comment,
            type=upload.type,
            client_id_type=upload.only or _only_kind(prepared),
            key=upload.key,
            static_calls=prepared.static if isinstance(prepared, PreparedCalls) else None,
        )
        if target := _OWN_TARGET.get(upload.type):
            self._see_to_own_goal(upload, target)
        try:
            with needing_room(folder):
                _keep_rows_only(folder)
                taken = _recorded(self._catalog, accepted)
        except BaseException:
            folder.remove()
            raise
        if not taken.is_new:
            folder.remove()
        return taken

    def _see_to_own_goal(self, upload: Upload, target: str) -> None:
        """Make the goal that calls or chats reach, where the counter has none.

        Before the upload is written down: linking may begin as soon as it is.
        """
        with self._own_goals:
            if target not in targets_of(goals(self._catalog, upload.counter.id)):
                add_goal(self._catalog, upload.counter.id, own_goal(target, upload.own_goal_name))


def _keep_rows_only(folder: Folder) -> None:
    """Let the received file go, of which nobody asks more than its rows, and sync these."""
    # Gone before the system comes to write it, it costs the disk nothing.
    folder.source.unlink()
    folder.sync()


def _recorded(catalog: Catalog, accepted: Accepted) -> Taken:
    try:
        return Taken(uploading=record(catalog, accepted), is_new=True)
    except KeyTaken as faster:
        return Taken(uploading=faster.uploading, is_new=False)


def _prepare(upload: Upload, folder: Folder, now: datetime) -> Prepared:
    try:
        prepared = _CHECK[upload.type](
            folder.source,
            conversions=folder.conversions,
            rejects=folder.rejects,
            now=now,
            zone=ZoneInfo(upload.counter.time_zone_name),
            only=upload.only,
            mapping=_API_NAMES_ONLY,
            format="csv",
            plain=True,
        )
    except SourceError as error:
        raise refused_file(error) from error
    if upload.only is not None and upload.only.column not in prepared.columns:
        raise bad_file(
            f"Line 1: client_id_type is {upload.only.value}, and there is no column "
            f"{upload.only.column.value}."
        )
    return prepared


def _only_kind(prepared: Prepared) -> IdentifierKind | None:
    """The one kind of identifier that the file has a column for; None where there are more."""
    found = [column for column in IDENTIFIER_COLUMNS if column in prepared.columns]
    return _KIND_OF.get(found[0]) if len(found) == 1 else None


# The answer's field has three documented values, and PurchaseId is not among them.
_KIND_OF: Final[dict[Column, IdentifierKind]] = {
    kind.column: kind for kind in IdentifierKind if kind is not IdentifierKind.PURCHASE_ID
}
