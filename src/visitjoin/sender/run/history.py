"""The uploadings of a counter, as the server lists them and as the ledger remembers them."""

from pathlib import Path

import msgspec
from msgspec import Struct

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.errors import LedgerError
from visitjoin.contract.uploads import Uploading, UploadingId
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch, State
from visitjoin.sender.ledger.ledger import Ledger
from visitjoin.sender.ledger.place import ledger_of
from visitjoin.sender.ledger.texts import text_of
from visitjoin.sender.run.opening import ledger_for
from visitjoin.sender.run.telling import Telling


class Remembered(Struct, frozen=True, kw_only=True):
    """What the ledger knows of an uploading."""

    batch: str
    run: int
    source: str | None
    """What the run read."""
    rows: int
    """That were sent."""
    state: State
    sent_at: int | None
    """When the run began; Unix seconds, UTC."""


class Listed(Uploading, frozen=True, kw_only=True, omit_defaults=True):
    """An uploading as the server lists it, and what the ledger knows of it."""

    ledger: Remembered | None = None


class History(Struct, frozen=True, kw_only=True):
    """What was uploaded, and what is still to be."""

    uploadings: tuple[Listed, ...]
    """The newest first, as the server lists them."""
    waiting: tuple[Batch, ...]
    """Batches of the ledger of which no answer is known: the next `send` brings them."""


def history(
    metrica: Metrica,
    *,
    limit: int,
    ledgers: Path | None = None,
    telling: Telling | None = None,
    clock: Clock = system_clock,
) -> History:
    """List the uploadings of a counter, with what its ledger knows of them where there is one.

    limit: uploadings at most. ledgers: the folder of ledgers; None for that of this user. Where
    the ledger cannot be used, that is remarked, and the server's list is all.
    """
    uploadings = metrica.uploadings(limit=limit)
    known: dict[UploadingId, Remembered] = {}
    waiting: tuple[Batch, ...] = ()
    if ledger_of(metrica.server, metrica.counter_id, ledgers).exists():
        try:
            with ledger_for(metrica, ledgers, clock()) as ledger:
                known, waiting = _remembered(ledger), _waiting(ledger)
        except LedgerError as error:
            (telling or Telling()).remark(f"{error} What follows is only the server's list.")
    listed = (Listed(**msgspec.structs.asdict(one), ledger=known.get(one.id)) for one in uploadings)
    return History(uploadings=tuple(listed), waiting=waiting)


def _remembered(ledger: Ledger) -> dict[UploadingId, Remembered]:
    found = ledger.engine.execute(text_of("remembered.sql"))
    names = [column[0] for column in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row.pop("uploading"): msgspec.convert(row, Remembered) for row in rows}


def _waiting(ledger: Ledger) -> tuple[Batch, ...]:
    return tuple(batch for batch in batches.unfinished(ledger) if batch.state is not State.ACCEPTED)
