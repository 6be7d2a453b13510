"""Batches that were accepted are followed to their last status, and then counted."""

from collections.abc import Iterable
from http import HTTPStatus

from visitjoin.contract.clock import Sleep
from visitjoin.contract.errors import Refused
from visitjoin.contract.uploads import Uploading, UploadingId
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch
from visitjoin.sender.run.deliver import Delivery
from visitjoin.sender.run.outcomes import write_outcomes
from visitjoin.sender.run.telling import Step
from visitjoin.sender.run.track import track
from visitjoin.sender.tables.workspace import Workspace


def follow(
    delivery: Delivery, workspace: Workspace, accepted: Iterable[Batch], patience: float | None
) -> dict[int, Uploading]:
    """Follow batches to their last status, and write down what became of their rows.

    accepted: with their uploadings. patience: seconds for all of them together; None for as long
    as it takes. What is not at its end by then stays in the ledger, and a later run follows it.

    Returns the uploading of each batch, by its number, as it stands; none where the server does not
    know it any more, which is remarked, and the batch given up.
    """
    waited = 0.0

    def wait(seconds: float) -> None:
        nonlocal waited
        delivery.sleep(seconds)
        waited += seconds

    found: dict[int, Uploading] = {}
    for batch in accepted:
        if batch.uploading is None:
            continue
        left = None if patience is None else max(0.0, patience - waited)
        uploading = _tracked(delivery, batch, batch.uploading, left, wait)
        if uploading is None:
            continue
        _keep(delivery, workspace, batch, uploading)
        found[batch.number] = uploading
    return found


def _tracked(
    delivery: Delivery, batch: Batch, uploading_id: UploadingId, patience: float | None, wait: Sleep
) -> Uploading | None:
    try:
        return track(
            delivery.metrica,
            uploading_id,
            type_=batch.type,
            on_change=delivery.telling.status,
            patience=patience,
            sleep=wait,
        )
    except Refused as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        delivery.telling.remark(
            f"The server does not know uploading {uploading_id} any more: what became of its "
            f"{batch.rows:,} rows cannot be told."
        )
        batches.give_up(delivery.ledger, batch, delivery.clock())
        return None


def _keep(delivery: Delivery, workspace: Workspace, batch: Batch, uploading: Uploading) -> None:
    if not uploading.status.is_last:
        batches.accept(delivery.ledger, batch, uploading, delivery.clock())
        return
    write_outcomes(delivery.metrica, uploading.id, workspace.part("outcomes", batch.number))
    daily = _by_day(delivery, workspace, batch)
    batches.conclude(delivery.ledger, batch, uploading, delivery.clock(), daily=daily)
    delivery.telling.step(Step.CONCLUDED)


def _by_day(delivery: Delivery, workspace: Workspace, batch: Batch) -> str:
    """The query for a batch's rows by day; for none where somebody removed its file."""
    file = delivery.ledger.file_of(batch.id)
    if not file.exists():
        delivery.telling.remark(
            f"The file of batch {batch.id} is gone from {file.parent}: its {batch.rows:,} rows are "
            "uploaded, and cannot be counted by day."
        )
        return "select * exclude (batch_no) from daily where false"
    workspace.run("daily.sql", into="daily_of_batch", batch_no=batch.number, file=str(file))
    return f"from {workspace.source('daily_of_batch')}"
