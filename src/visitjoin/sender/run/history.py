"""The uploadings of a counter, as the server lists them and as the ledger remembers them."""

from http import HTTPStatus
from pathlib import Path

import msgspec
from msgspec import Struct

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.errors import LedgerError, Refused
from visitjoin.contract.uploads import Uploading, UploadingId, UploadType
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
    """Of conversions and of calls, the newest first."""
    waiting: tuple[Batch, ...]
    """Batches of the ledger of which no answer is known: the next `send` brings them."""
    refused: tuple[Batch, ...] = ()
    """Batches of the ledger that the server refused, the newest first; `limit` at most."""


def history(
    metrica: Metrica,
    *,
    limit: int,
    ledgers: Path | None = None,
    telling: Telling | None = None,
    clock: Clock = system_clock,
) -> History:
    """List the uploadings of a counter, with what its ledger knows of them where there is one.

    limit: uploadings at most, of conversions and calls together. ledgers: the folder of
    ledgers; None for that of this user. Where the ledger cannot be used, that is remarked, and the
    server's list is all.
    """
    uploadings = _of_both_types(metrica, limit)
    known: dict[UploadingId, Remembered] = {}
    waiting: tuple[Batch, ...] = ()
    refused: tuple[Batch, ...] = ()
    if ledger_of(metrica.server, metrica.counter_id, ledgers).exists():
        try:
            with ledger_for(metrica, ledgers, clock()) as ledger:
                known, waiting = _remembered(ledger), _waiting(ledger)
                refused = _refused(ledger)[:limit]
        except LedgerError as error:
            (telling or Telling()).remark(f"{error} What follows is only the server's list.")
    listed = (Listed(**msgspec.structs.asdict(one), ledger=known.get(one.id)) for one in uploadings)
    return History(uploadings=tuple(listed), waiting=waiting, refused=refused)


def _of_both_types(metrica: Metrica, limit: int) -> list[Uploading]:
    """The newest first. The API has a list for each, and may not say the type in it."""
    calls = (
        msgspec.structs.replace(one, type=one.type or UploadType.CALLS)
        for one in _calls(metrica, limit)
    )
    both = [*metrica.uploadings(limit=limit), *calls]
    return sorted(both, key=_newest, reverse=True)[:limit]


def _calls(metrica: Metrica, limit: int) -> tuple[Uploading, ...]:
    try:
        return metrica.uploadings(limit=limit, type=UploadType.CALLS)
    except Refused as refusal:
        # A server without calls has no list of them.
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        return ()


def _newest(one: Uploading) -> tuple[float, UploadingId]:
    return (one.create_time.timestamp() if one.create_time else 0, one.id)


def _remembered(ledger: Ledger) -> dict[UploadingId, Remembered]:
    found = ledger.engine.execute(text_of("remembered.sql"))
    names = [column[0] for column in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row.pop("uploading"): msgspec.convert(row, Remembered) for row in rows}


def _waiting(ledger: Ledger) -> tuple[Batch, ...]:
    return tuple(batch for batch in batches.unfinished(ledger) if batch.state is not State.ACCEPTED)


def _refused(ledger: Ledger) -> tuple[Batch, ...]:
    return tuple(
        batch for batch in reversed(batches.all_batches(ledger)) if batch.state is State.REFUSED
    )
