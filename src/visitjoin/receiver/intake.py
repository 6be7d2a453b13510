"""What happens to a file between its last byte and the answer?

It is checked, its rows are synced, and the catalog writes it down, in this order. Only then is it
answered: what was answered survives, and what was not leaves nothing behind.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.clock import Clock
from visitjoin.contract.columns import IDENTIFIER_COLUMNS, Column
from visitjoin.contract.counters import Counter
from visitjoin.contract.errors import SourceError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import FILE_PART, Uploading, UploadType
from visitjoin.prepare import Mapping, Prepared, prepare
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.uploadings import Accepted, record
from visitjoin.receiver.config import Settings
from visitjoin.receiver.durable import sync
from visitjoin.receiver.multipart import Body, receive_file
from visitjoin.receiver.refusals import Refusal, refused_file
from visitjoin.receiver.spool import Folder, new_folder

_API_NAMES_ONLY: Final = Mapping(aliases=False)
"""The receiver takes the API's column names: guessing is the sender's business."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """What a request says about the file it carries."""

    counter: Counter
    tracked_since: datetime
    comment: str
    type: UploadType
    only: IdentifierKind | None
    """The older generation: the one kind that the file has."""


class Intake:
    """Takes files in, a bounded number of checks at a time."""

    def __init__(self, settings: Settings, catalog: Catalog, clock: Clock) -> None:
        self._settings = settings
        self._catalog = catalog
        self._clock = clock
        self._checks = asyncio.Semaphore(settings.checks_at_once)

    async def take(self, upload: Upload, body: Body) -> Uploading:
        """Receive a file, check it, and write it down.

        Returns the uploading once it is durable. Raises Refusal where nothing was taken.
        """
        folder = new_folder(self._settings.spool)
        try:
            await receive_file(body, to=folder.source, largest=self._settings.largest_file)
            async with self._checks:
                prepared = await self._check(upload, folder)
        except BaseException:
            # Also when the client hung up: a request that was not answered leaves nothing.
            await asyncio.shield(asyncio.to_thread(folder.remove))
            raise
        # In one thread, because a thread is not cancelled half-way: either it is written down
        # and its folder is there, or neither is.
        return await asyncio.to_thread(self._record, upload, folder, prepared)

    async def _check(self, upload: Upload, folder: Folder) -> Prepared:
        # The disk is slower than the checks' reading, which comes from memory: both at once.
        checked, _ = await asyncio.gather(
            asyncio.to_thread(_prepare, upload, folder, self._clock()),
            asyncio.to_thread(sync, folder.source),
        )
        await asyncio.to_thread(folder.sync)
        return checked

    def _record(self, upload: Upload, folder: Folder, prepared: Prepared) -> Uploading:
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
        )
        try:
            return record(self._catalog, accepted)
        except BaseException:
            folder.remove()
            raise


def _prepare(upload: Upload, folder: Folder, now: datetime) -> Prepared:
    try:
        prepared = prepare(
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
        raise Refusal(
            ErrorType.INVALID_UPLOADING,
            f"Line 1: client_id_type is {upload.only.value}, and there is no column "
            f"{upload.only.column.value}.",
            location=FILE_PART,
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
