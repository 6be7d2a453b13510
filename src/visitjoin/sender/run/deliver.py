"""Batches leave: each is written, recorded in the ledger, and uploaded once, some at a time.

The order is the promise. The file is on disk before the ledger names it, the ledger names it before
a request leaves, and a request that may have left is looked for before it is repeated. So whatever
dies when, the next run knows what to do (docs/explanation/exactly-once.md).
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, TypeAlias

from visitjoin.contract.clock import Clock, Sleep
from visitjoin.contract.errors import ApiError, OutcomeUnknown, Refused
from visitjoin.contract.uploads import Uploading, UploadType
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch, State
from visitjoin.sender.ledger.ledger import Ledger
from visitjoin.sender.report.refusals import refusals_of
from visitjoin.sender.run.batch import upload_once
from visitjoin.sender.run.telling import Step, Telling


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What is needed to bring batches to a server."""

    metrica: Metrica
    ledger: Ledger
    telling: Telling
    clock: Clock
    sleep: Sleep
    parallel: int
    call_goal: str = ""
    """Name of the goal of calls, where the counter has none yet."""


_Answer: TypeAlias = tuple[Uploading, float | None]
"""An uploading, and the seconds until it was answered; None where it may have been there."""


def deliver(delivery: Delivery, ready: Iterable[Batch]) -> list[Batch]:
    """Upload batches that the ledger has, each once.

    ready: taken one by one, so that the next is written while others are on their way.

    Returns them accepted or, where the server blames a file alone, refused: the others go on.

    Raises the first ApiError that blames no file, after the uploads on their way have ended: what
    was accepted is in the ledger, and the next run goes on with the rest.
    """
    answered: list[Batch] = []
    errors: list[ApiError] = []
    with ThreadPoolExecutor(delivery.parallel) as pool:
        on_their_way: dict[Future[_Answer], Batch] = {}

        def settle(most: int) -> None:
            while len(on_their_way) > most:
                for future in wait(on_their_way, return_when=FIRST_COMPLETED).done:
                    batch = on_their_way.pop(future)
                    try:
                        answered.append(_settle(delivery, batch, future))
                    except ApiError as error:
                        errors.append(error)

        try:
            for batch in ready:
                settle(delivery.parallel - 1)
                if errors:
                    break
                sent = batches.sending(delivery.ledger, batch, delivery.clock())
                delivery.telling.step(Step.UPLOADING)
                on_their_way[pool.submit(_upload, delivery, batch)] = sent
        finally:
            settle(0)
    if errors:
        _tell_of_others(delivery, answered, errors)
        raise errors[0]
    return answered


def _upload(delivery: Delivery, batch: Batch) -> _Answer:
    begun = delivery.clock()
    uploading = upload_once(
        delivery.metrica,
        delivery.ledger.file_of(batch.id),
        batch=batch.id,
        kind=batch.kind,
        type_=None if batch.type is UploadType.BASIC else batch.type,
        call_goal=delivery.call_goal,
        may_be_there=batch.state is State.SENDING,
        since=datetime.fromtimestamp(batch.run_began_at, UTC) if batch.run_began_at else None,
        clock=delivery.clock,
        on_progress=delivery.telling.sent,
        remark=delivery.telling.remark,
        sleep=delivery.sleep,
    )
    was_looked_for = batch.state is State.SENDING
    return uploading, None if was_looked_for else (delivery.clock() - begun).total_seconds()


def _settle(delivery: Delivery, batch: Batch, future: Future[_Answer]) -> Batch:
    try:
        uploading, seconds = future.result()
    except Refused as refusal:
        if refusal.status not in _OF_THE_FILE:
            raise
        words = f"{refusal.status} {refusal.message}"
        return batches.refuse(delivery.ledger, batch, delivery.clock(), refusal=words)
    delivery.telling.step(Step.ANSWERED)
    now = delivery.clock()
    accepted = batches.accept(delivery.ledger, batch, uploading, now, seconds=seconds)
    delivery.telling.step(Step.ACCEPTED)
    return accepted


def _tell_of_others(
    delivery: Delivery, answered: Sequence[Batch], errors: Sequence[ApiError]
) -> None:
    for other in errors[1:]:
        delivery.telling.remark(str(other))
    for refused in refusals_of(answered):
        delivery.telling.remark(refused.sentence)
    if accepted := [batch for batch in answered if batch.refusal is None]:
        rows = sum(batch.rows for batch in accepted)
        delivery.telling.remark(
            f"{rows:,} rows were accepted before what follows, and the ledger knows. The next run "
            "goes on with the rest."
        )
    if any(isinstance(error, OutcomeUnknown) for error in errors):
        delivery.telling.remark(
            "Whether it was taken is not known. The ledger has it: the next run looks for it "
            "first, and sends it again where it is not there."
        )


_OF_THE_FILE: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
"""Statuses of a refusal that blame the file. Any other, such as of a token that expired, leaves the
batch as it is: the next run sends it."""
