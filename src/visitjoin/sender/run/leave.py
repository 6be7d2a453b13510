"""What is to leave is cut into batches, written, recorded and uploaded."""

from visitjoin.prepare import Prepared
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch
from visitjoin.sender.run.deliver import deliver
from visitjoin.sender.run.opening import Opened, write_parts
from visitjoin.sender.run.outcomes import write_refusal
from visitjoin.sender.run.plan import Cut, cuts
from visitjoin.sender.run.wishes import Wishes
from visitjoin.sender.run.write import Writing, columns_of, write_batches


def upload_leaving(
    run: Opened, wishes: Wishes, *, prepared: Prepared, source: str, retracted: bool = False
) -> list[Batch]:
    """Upload the rows of `leaving`. Returns their batches, in the order of the source.

    They are accepted or, where the server blames the file, refused: then that is the outcome of
    their rows.

    prepared: what is known of the source. source: its name, for the ledger. retracted: whether they
    leave only to be worth nothing, and are not to come back with the next export.

    Raises ApiError as `deliver` does.
    """
    parts = cuts(run.workspace, wishes)
    if not parts:
        return []
    writing = Writing(
        workspace=run.workspace,
        columns=columns_of(prepared, wishes.mapping),
        type=wishes.type,
        retracted=retracted,
        run=batches.begin_run(run.delivery.ledger, source, run.delivery.clock()),
        bytes_per_batch=wishes.bytes_per_batch,
    )
    written: list[tuple[int, Cut]] = []

    def keep(batch: Batch, part: Cut) -> None:
        written.append((batch.number, part))

    delivered = deliver(run.delivery, write_batches(writing, run.delivery, parts, keep))
    write_parts(run.workspace, written)
    for batch in delivered:
        if batch.refusal is not None:
            outcomes = run.workspace.part("outcomes", batch.number)
            write_refusal(outcomes, rows=batch.rows, refusal=batch.refusal)
    return sorted(delivered, key=lambda batch: batch.number)
