"""What an earlier run left on its way is brought on."""

from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch, State
from visitjoin.sender.run.deliver import Delivery, deliver


def finish_earlier(delivery: Delivery) -> list[Batch]:
    """Upload what an earlier run left, each batch once.

    Returns all batches that are accepted and have no last status yet, the oldest first.
    """
    batches.sweep(delivery.ledger)
    left = batches.unfinished(delivery.ledger)
    accepted = [batch for batch in left if batch.state is State.ACCEPTED]
    delivered = deliver(delivery, [batch for batch in left if batch not in accepted])
    for batch in delivered:
        delivery.telling.remark(
            f"{batch.rows:,} rows that an earlier run left on their way are uploaded now: "
            f"uploading {batch.uploading}."
        )
    return accepted + delivered
