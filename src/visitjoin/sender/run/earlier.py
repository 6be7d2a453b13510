"""What an earlier run left on its way is brought on."""

from visitjoin.contract.plural import counted
from visitjoin.contract.window import WINDOW
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch, State
from visitjoin.sender.run.deliver import Delivery, deliver


def finish_earlier(delivery: Delivery) -> list[Batch]:
    """Upload what an earlier run left, each batch once.

    Returns all batches that are accepted and have no last status yet, the oldest first, and those
    that the server refused now.
    """
    batches.sweep(delivery.ledger)
    left = batches.unfinished(delivery.ledger)
    accepted = [batch for batch in left if batch.state is State.ACCEPTED]
    delivered = deliver(delivery, [one for one in left if one.state is not State.ACCEPTED])
    for batch in delivered:
        if batch.refusal is not None:
            continue
        delivery.telling.remark(
            f"Uploaded now what an earlier run left on its way: {counted(batch.rows, 'row')}, "
            f"uploading {batch.uploading}."
        )
    return accepted + delivered


def give_up_closed(delivery: Delivery) -> None:
    """Give up batches whose conversions are older than any window; their files go with the run.

    Whoever never sends again what was not found keeps the identifiers of people no longer than
    that.
    """
    oldest = (delivery.clock() - WINDOW).timestamp()
    for batch in batches.all_batches(delivery.ledger):
        if batch.may_link and batch.last_happened_at < oldest:
            batches.give_up(delivery.ledger, batch, delivery.clock())
