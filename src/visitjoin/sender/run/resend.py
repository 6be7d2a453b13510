"""Conversions whose visitor was not found are sent again, until the window closes.

A visitor who is not known today can be known tomorrow: a UserId is tied to a ClientID only when the
person signs in (guide of offline conversions, "UserId"). The API takes what is sent again as the
same conversions. A receiver of one's own says which rows they are; Metrica says only how many, so
there the whole batch goes again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from time import sleep as real_sleep
from typing import Final

from msgspec.structs import replace

from visitjoin.contract.calls import CALL_TARGET
from visitjoin.contract.clock import Clock, Sleep, system_clock
from visitjoin.contract.uploads import Uploading
from visitjoin.disk.durable import keep as keep_file
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch
from visitjoin.sender.report.refusals import refusals_of
from visitjoin.sender.report.report import Resent
from visitjoin.sender.run.batch import new_batch_id
from visitjoin.sender.run.deliver import Delivery, deliver
from visitjoin.sender.run.earlier import finish_earlier
from visitjoin.sender.run.follow import follow
from visitjoin.sender.run.opening import opened
from visitjoin.sender.run.outcomes import write_outcomes
from visitjoin.sender.run.plan import join_threshold
from visitjoin.sender.run.telling import Telling
from visitjoin.sender.run.wishes import Wishes
from visitjoin.sender.tables.workspace import Workspace, text_of

PAUSE: Final = timedelta(hours=12)
"""Between two attempts at a batch: people sign in by the day, and the quota is for everything."""


@dataclass
class Repeating:
    """Batches that are sent again, and what is known of their rows on the way."""

    answered: list[Batch] = field(default_factory=list)
    """Accepted, or refused."""
    rows: int = 0
    given_up: int = 0
    not_due: int = 0


def resend(
    metrica: Metrica,
    wishes: Wishes | None = None,
    *,
    pause: timedelta = PAUSE,
    telling: Telling | None = None,
    clock: Clock = system_clock,
    sleep: Sleep = real_sleep,
) -> Resent:
    """Send again the conversions of earlier runs whose visitors were not found.

    pause: since the last attempt at a batch; what was tried later waits for another run.
    wishes, telling, clock, sleep: as in `send`.

    Raises LedgerError where the ledger cannot be used; ApiError where the server does not take it.
    """
    wishes = wishes or Wishes()
    with opened(metrica, wishes, telling=telling, clock=clock, sleep=sleep) as run:
        earlier = finish_earlier(run.delivery)
        repeating = repeat(run.delivery, run.workspace, pause=pause)
        found = follow(
            run.delivery, run.workspace, [*earlier, *repeating.answered], wishes.patience
        )
    return replace(resent(repeating, found), refused=refusals_of([*earlier, *repeating.answered]))


def repeat(delivery: Delivery, workspace: Workspace, *, pause: timedelta) -> Repeating:
    """Send again what is due of the batches in the ledger, and give up what is out of reach."""
    repeating = Repeating()
    ready = _ready(delivery, workspace, repeating, pause=pause)
    repeating.answered += deliver(delivery, ready)
    return repeating


def resent(repeating: Repeating, found: dict[int, Uploading]) -> Resent:
    """Tell what was repeated. found: the answer of `follow`."""
    refused = refusals_of(repeating.answered)
    return Resent(
        uploadings=tuple(
            found[batch.number] for batch in repeating.answered if batch.number in found
        ),
        rows=repeating.rows - sum(one.rows for one in refused),
        given_up=repeating.given_up,
        not_due=repeating.not_due,
        refused=refused,
    )


def _ready(
    delivery: Delivery,
    workspace: Workspace,
    repeating: Repeating,
    *,
    pause: timedelta,
) -> Iterator[Batch]:
    # Calls are tracked apart, and most counters have none.
    threshold = cache(lambda type_: join_threshold(delivery.metrica, delivery.clock(), type_))
    for batch in batches.all_batches(delivery.ledger):
        if not batch.may_link or batch.uploading is None:
            continue
        if not delivery.ledger.file_of(batch.id).exists():
            _without_file(delivery, batch)
            continue
        cut_off: datetime = threshold(batch.type)
        is_closed = batch.last_happened_at < cut_off.timestamp()
        if batch.state_at + pause.total_seconds() > delivery.clock().timestamp() and not is_closed:
            repeating.not_due += 1
            continue
        again = _again(delivery, workspace, batch, repeating, cut_off=int(cut_off.timestamp()))
        if again is not None:
            yield again


def _without_file(delivery: Delivery, batch: Batch) -> None:
    """Somebody removed it: without it nobody knows whom its rows name."""
    delivery.telling.remark(
        f"The file of batch {batch.id} is gone from {delivery.ledger.files}: those of its visitors "
        "that were not found cannot be sent again."
    )
    batches.give_up(delivery.ledger, batch, delivery.clock())


def _again(
    delivery: Delivery, workspace: Workspace, batch: Batch, repeating: Repeating, *, cut_off: int
) -> Batch | None:
    """A new batch of what can still link of a batch; None where that is nothing."""
    ledger = delivery.ledger
    if batch.uploading is not None:
        part = workspace.part("outcomes", batch.number)
        write_outcomes(delivery.metrica, batch.uploading, part)
    file = str(ledger.file_of(batch.id))
    workspace.hold(
        "not_found.sql",
        "not_found",
        file=file,
        batch_no=batch.number,
        call_target=CALL_TARGET,
    )
    ((within, beyond, first, last),) = workspace.rows("reach.sql", cut_off=cut_off)
    repeating.given_up += beyond
    if not within:
        batches.give_up(ledger, batch, delivery.clock())
        return None
    repeating.rows += within
    id_ = new_batch_id()
    written = ledger.file_of(id_)
    workspace.write_csv(text_of("within_reach.sql"), written, cut_off=cut_off)
    keep_file(written)
    again = Batch(
        number=batches.next_number(ledger),
        id=id_,
        run=batch.run,
        type=batch.type,
        kind=batch.kind,
        repeats=batch.number,
        rows=within,
        bytes=written.stat().st_size,
        first_happened_at=first,
        last_happened_at=last,
    )
    batches.record_repeat(ledger, again, delivery.clock())
    return again
