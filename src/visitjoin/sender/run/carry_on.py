"""What earlier runs left on its way is followed to its end, however often that is interrupted.

Nothing is remembered outside the ledger: each uploading that has its last status is written down in
one transaction, and whoever comes next follows the rest.
"""

from pathlib import Path
from time import sleep as real_sleep

from msgspec import Struct

from visitjoin.contract.clock import Clock, Sleep, system_clock
from visitjoin.contract.errors import LedgerError
from visitjoin.contract.uploads import Uploading, UploadingId
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch, State
from visitjoin.sender.ledger.ledger import Ledger
from visitjoin.sender.ledger.place import ledger_of
from visitjoin.sender.run.follow import follow
from visitjoin.sender.run.opening import opened
from visitjoin.sender.run.telling import Telling
from visitjoin.sender.run.track import track
from visitjoin.sender.run.wishes import Wishes


class CarriedOn(Struct, frozen=True, kw_only=True):
    """What was on its way, and how it stands now."""

    uploadings: tuple[Uploading, ...]
    """Those that were followed, in the order in which they were sent."""
    waiting: tuple[Batch, ...]
    """Batches of which no answer is known: the next `send` brings them to the server."""


def carry_on(
    metrica: Metrica,
    *,
    ledgers: Path | None = None,
    patience: float | None = None,
    telling: Telling | None = None,
    clock: Clock = system_clock,
    sleep: Sleep = real_sleep,
) -> CarriedOn:
    """Follow every uploading of the counter's ledger that has no last status yet, and conclude it.

    ledgers: the folder of ledgers; None for that of this user. patience: seconds for all of them
    together; None for as long as it takes. telling: whom to tell how far it is.

    Raises LedgerError where the ledger cannot be used, as while a `send` holds it, which follows
    its uploadings by itself.
    """
    if not ledger_of(metrica.server, metrica.counter_id, ledgers).exists():
        return CarriedOn(uploadings=(), waiting=())
    wishes = Wishes(ledgers=ledgers)
    with opened(metrica, wishes, telling=telling, clock=clock, sleep=sleep) as run:
        left = batches.unfinished(run.delivery.ledger)
        accepted = [batch for batch in left if batch.state is State.ACCEPTED]
        found = follow(run.delivery, run.workspace, accepted, patience)
        return CarriedOn(
            uploadings=tuple(found.values()),
            waiting=tuple(batch for batch in left if batch.state is not State.ACCEPTED),
        )


def carry_on_one(
    metrica: Metrica,
    uploading_id: UploadingId,
    *,
    ledgers: Path | None = None,
    patience: float | None = None,
    telling: Telling | None = None,
    clock: Clock = system_clock,
    sleep: Sleep = real_sleep,
) -> Uploading:
    """Follow one uploading, whoever sent it, and conclude it where the ledger has it.

    Where the ledger cannot be used, that is remarked and the uploading is followed all the same.
    The arguments are those of `carry_on`.
    """
    telling = telling or Telling()
    if ledger_of(metrica.server, metrica.counter_id, ledgers).exists():
        try:
            wishes = Wishes(ledgers=ledgers)
            with opened(metrica, wishes, telling=telling, clock=clock, sleep=sleep) as run:
                known = _with_uploading(run.delivery.ledger, uploading_id)
                followed = follow(run.delivery, run.workspace, known, patience)
        except LedgerError as error:
            telling.remark(f"{error} Uploading {uploading_id} is followed without the ledger.")
        else:
            if followed:
                return next(iter(followed.values()))
    return track(metrica, uploading_id, on_change=telling.status, patience=patience, sleep=sleep)


def _with_uploading(ledger: Ledger, uploading_id: UploadingId) -> list[Batch]:
    return [
        batch
        for batch in batches.unfinished(ledger)
        if batch.uploading == uploading_id and batch.state is State.ACCEPTED
    ]
