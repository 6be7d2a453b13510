"""How is a request answered that brings a file?"""

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from visitjoin.contract.calls import CALL_GOAL_NAME
from visitjoin.contract.chats import CHAT_GOAL_NAME
from visitjoin.contract.counters import Counter
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.texts import LONGEST_NAME, is_name
from visitjoin.contract.uploads import Uploading, UploadType, fault_of_comment
from visitjoin.receiver.intake.multipart import Body
from visitjoin.receiver.intake.taking import Intake, Upload
from visitjoin.receiver.intake.window import uploads_open_since
from visitjoin.receiver.metrics import Metrics
from visitjoin.receiver.refusals import Refusal, invalid
from visitjoin.receiver.work.stores import Stores
from visitjoin.receiver.work.worker import Worker

_log = structlog.get_logger()

_GOAL_NAME: Final = {UploadType.CALLS: CALL_GOAL_NAME, UploadType.CHATS: CHAT_GOAL_NAME}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a request says beside its file."""

    type: UploadType
    comment: str = ""
    only: IdentifierKind | None = None
    key: str | None = None
    new_goal_name: str = ""


@dataclass(frozen=True)
class Reception:
    """Takes files and sees to it that they are processed."""

    stores: Stores
    intake: Intake
    worker: Worker
    metrics: Metrics

    async def take(self, counter: Counter, asked: Asked, body: Body) -> Uploading:
        """Take the file of a request, once for its key.

        Returns the uploading, durable, as it stands now. Raises Refusal where nothing was taken.
        """
        with self.metrics.counting_refusals():
            return await self._take(counter, asked, body)

    async def _take(self, counter: Counter, asked: Asked, body: Body) -> Uploading:
        if known := await self.intake.taken_before(counter, asked.key, body):
            _log.info("upload_known", counter=counter.id, uploading=known.id)
            return known
        if refusal := _refusal(asked):
            raise refusal
        upload = await asyncio.to_thread(self._upload, counter, asked)
        taken = await self.intake.take(upload, body)
        if taken.is_new:
            self.worker.wake()
            self.metrics.took(taken.uploading)
        _log.info(
            "upload_accepted" if taken.is_new else "upload_known",
            counter=counter.id,
            uploading=taken.uploading.id,
            rows=taken.uploading.source_quantity,
            accepted=taken.uploading.line_quantity,
        )
        return taken.uploading

    def _upload(self, counter: Counter, asked: Asked) -> Upload:
        since = uploads_open_since(
            self.stores.catalog,
            counter,
            asked.type,
            now=self.stores.clock(),
            delay=self.stores.settings.upload_delay,
        )
        return Upload(
            counter=counter,
            tracked_since=since,
            comment=asked.comment,
            type=asked.type,
            only=asked.only,
            key=asked.key,
            own_goal_name=asked.new_goal_name or _GOAL_NAME.get(asked.type, ""),
        )


def _refusal(asked: Asked) -> Refusal | None:
    if asked.type is UploadType.CALLS and asked.only is IdentifierKind.PURCHASE_ID:
        return invalid("Calls have no PurchaseId.", location="client_id_type")
    if fault := fault_of_comment(asked.comment):
        return invalid(fault, location="comment")
    if asked.new_goal_name and not is_name(asked.new_goal_name):
        return invalid(
            f"Longer than {LONGEST_NAME} characters, or with control characters.",
            location="new_goal_name",
        )
    return None
