"""What every run begins with: the counter's ledger, and a workspace over its engine."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from shutil import rmtree
from time import sleep as real_sleep
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from visitjoin.contract.clock import Clock, Sleep, system_clock
from visitjoin.contract.errors import Refused
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.instance import check_instance
from visitjoin.sender.ledger.ledger import Ledger, Owner, open_ledger
from visitjoin.sender.ledger.place import ledger_of
from visitjoin.sender.ledger.requests import Meter, requests_of
from visitjoin.sender.run.deliver import Delivery
from visitjoin.sender.run.outcomes import write_no_outcomes
from visitjoin.sender.run.plan import Cut
from visitjoin.sender.run.telling import Step, Telling
from visitjoin.sender.run.wishes import Wishes
from visitjoin.sender.tables.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What the steps of a run work on."""

    workspace: Workspace
    delivery: Delivery

    @cached_property
    def zone(self) -> ZoneInfo:
        """The counter's own zone; asked for once, for the day has its quota."""
        return ZoneInfo(self.delivery.metrica.counter().time_zone_name)


def ledger_for(
    metrica: Metrica, ledgers: Path | None, now: datetime, memory_limit: str | None = None
) -> AbstractContextManager[Ledger]:
    """Open the ledger of a client's counter, made where there is none.

    ledgers: the folder of ledgers; None for that of this user. now: aware. memory_limit: of its
    queries, such as `2GB`.

    Raises LedgerError as `open_ledger` does.
    """
    path = ledger_of(metrica.server, metrica.counter_id, ledgers)
    owner = Owner(server=metrica.server, counter=metrica.counter_id)
    return open_ledger(path, owner, now=now, memory_limit=memory_limit)


@contextmanager
def opened(
    metrica: Metrica,
    wishes: Wishes,
    *,
    telling: Telling | None = None,
    clock: Clock = system_clock,
    sleep: Sleep = real_sleep,
) -> Iterator[Opened]:
    """Hold the ledger of a counter, and have a workspace, while the context lasts.

    At its end the files go that nothing needs any more.

    Raises LedgerError where the ledger cannot be used, as while another run holds it, or where it
    is about another receiver; ApiError where the server does not answer.
    """
    if not ledger_of(metrica.server, metrica.counter_id, wishes.ledgers).exists():
        # Of a counter that is not there, as of a mistyped number, no ledger is begun.
        metrica.counter()
    with (
        ledger_for(metrica, wishes.ledgers, clock(), wishes.memory_limit) as ledger,
        _folder_of_run(ledger) as folder,
    ):
        workspace = Workspace(folder, engine=ledger.engine)
        # Of what a query reads there must be something, though it be without rows.
        write_no_outcomes(workspace.part("outcomes", 0))
        write_parts(workspace, [])
        with _metered(metrica, ledger, telling or Telling(), clock()) as metered:
            _check_receiver(metrica, ledger)
            delivery = Delivery(
                metrica=metrica,
                ledger=ledger,
                telling=metered,
                clock=clock,
                sleep=sleep,
                parallel=wishes.parallel,
                call_goal=wishes.call_goal,
            )
            yield Opened(workspace=workspace, delivery=delivery)
            batches.sweep(ledger)


def _check_receiver(metrica: Metrica, ledger: Ledger) -> None:
    """Make sure that the receiver is the one that the ledger is about. Metrica is always itself."""
    if metrica.is_yandex:
        return
    try:
        instance = Receiver(metrica).instance()
    except Refused as refusal:
        # A server that speaks the API and is neither Metrica nor ours has no name, nor had ours.
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        return
    check_instance(ledger, instance)


@contextmanager
def _folder_of_run(ledger: Ledger) -> Iterator[Path]:
    """A folder beside the ledger. What a run that was killed left in it goes first.

    In the folder of all programs for temporary files nobody would clear it away, and it holds the
    conversions of people.
    """
    folder = ledger.path.with_suffix(".run")
    rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


@contextmanager
def _metered(
    metrica: Metrica, ledger: Ledger, telling: Telling, now: datetime
) -> Iterator[Telling]:
    """Count the requests of a run with those of earlier ones, for the quota is of a day.

    They are written down with each step, so a run that is killed takes few of them with it.
    """
    meter = Meter(ledger)
    metrica.limiter.watch(
        made_today=requests_of(ledger, now.astimezone(UTC).date()),
        on_request=meter.count,
        announce=telling.remark,
    )

    def step(name: Step) -> None:
        meter.write_down()
        telling.step(name)

    try:
        yield replace(telling, step=step)
    finally:
        metrica.limiter.watch()
        meter.write_down()


def write_parts(workspace: Workspace, written: Iterable[tuple[int, Cut]]) -> None:
    """Keep which rows of the source are in which batch, for find_fates. written: by its number."""
    rows = [(number, part.kind, part.first_row, part.last_row) for number, part in written]
    pl.DataFrame(rows, _PARTS, orient="row").write_parquet(workspace.table("parts"))


_PARTS: Final = pl.Schema(
    [
        ("batch_no", pl.Int32()),
        ("kind", pl.String()),
        ("first_row", pl.Int64()),
        ("last_row", pl.Int64()),
    ]
)
