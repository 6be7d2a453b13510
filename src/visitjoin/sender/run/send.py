"""The whole run, from a table to the fate of every row.

finish what an earlier run left -> read and check -> plan -> write, record and upload each batch ->
follow them to their last status -> ask what became of each row -> report.
"""

from dataclasses import dataclass
from pathlib import Path
from time import sleep as real_sleep
from zoneinfo import ZoneInfo

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.uploads import Uploading
from visitjoin.prepare import Prepared, prepare
from visitjoin.prepare.rejects import write_rejects
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch
from visitjoin.sender.report.report import (
    Preflight,
    Report,
    Resent,
    Row,
    add,
    fates_of,
    reasons_of,
    repriced_of,
    revenue_of,
    rows_of,
    write_fates,
)
from visitjoin.sender.run.batch import Sleep
from visitjoin.sender.run.deliver import Delivery, deliver
from visitjoin.sender.run.earlier import finish_earlier
from visitjoin.sender.run.follow import follow
from visitjoin.sender.run.opening import opened, write_parts
from visitjoin.sender.run.plan import Cut, cuts, join_threshold, plan
from visitjoin.sender.run.preflight import preflight
from visitjoin.sender.run.resend import PAUSE, Repeating, repeat, resent
from visitjoin.sender.run.targets import create_goals, remarks
from visitjoin.sender.run.telling import Step, Telling
from visitjoin.sender.run.wishes import Wishes
from visitjoin.sender.run.write import Writing, write_batches
from visitjoin.sender.tables.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the steps of a run work on."""

    source: Path
    wishes: Wishes
    workspace: Workspace
    delivery: Delivery


def send(
    metrica: Metrica,
    source: Path,
    wishes: Wishes | None = None,
    *,
    telling: Telling | None = None,
    clock: Clock = system_clock,
    sleep: Sleep = real_sleep,
) -> Report:
    """Send a table of conversions, and report what became of every row.

    What was sent before stands in the counter's ledger and is not sent again; what an earlier run
    left on its way is brought to its end first.

    metrica: a client of the counter. source: see `prepare`. wishes: how. telling: whom to tell how
    far it is. clock, sleep: the present moment, and waiting.

    Raises SourceError where the table cannot be read; LedgerError where the ledger cannot be used,
    as while another run holds it; ApiError where the server does not take it: what was accepted
    until then is in the ledger, and the next run goes on.
    """
    wishes = wishes or Wishes()
    with opened(metrica, wishes, telling=telling, clock=clock, sleep=sleep) as open_:
        run = Run(source=source, wishes=wishes, workspace=open_.workspace, delivery=open_.delivery)
        earlier = [] if wishes.dry_run else finish_earlier(run.delivery)
        repeating = _repeat(run)
        prepared = _prepare(run)
        cut_off = join_threshold(metrica, clock())
        plan(run.workspace, wishes, cut_off=cut_off)
        run.delivery.telling.step(Step.PLANNED)
        before = preflight(open_, wishes, cut_off=cut_off) if wishes.dry_run else None
        sent = [] if wishes.dry_run else _upload(run, prepared)
        run.delivery.telling.step(Step.TRACKING)
        on_their_way = [*earlier, *repeating.accepted, *sent]
        found = follow(run.delivery, run.workspace, on_their_way, wishes.patience)
        run.delivery.telling.step(Step.REPORTING)
        return _report(
            run,
            prepared,
            earlier=tuple(found[batch.number] for batch in earlier),
            uploadings=tuple(found[batch.number] for batch in sent),
            before=before,
            again=resent(repeating, found) if wishes.retry_unlinked else None,
        )


def _repeat(run: Run) -> Repeating:
    if not run.wishes.retry_unlinked or run.wishes.dry_run:
        return Repeating()
    return repeat(run.delivery, run.workspace, pause=PAUSE)


def _prepare(run: Run) -> Prepared:
    run.delivery.telling.step(Step.CHECKING)
    metrica, wishes = run.delivery.metrica, run.wishes
    return prepare(
        run.source,
        conversions=run.workspace.table("conversions"),
        rejects=run.workspace.table("rejects"),
        now=run.delivery.clock(),
        zone=wishes.zone or ZoneInfo(metrica.counter().time_zone_name),
        only=wishes.only,
        mapping=wishes.mapping,
    )


def _upload(run: Run, prepared: Prepared) -> list[Batch]:
    ledger, wishes = run.delivery.ledger, run.wishes
    parts = cuts(run.workspace, wishes)
    if not parts:
        return []
    if wishes.create_goals:
        create_goals(run.delivery.metrica, run.workspace, run.delivery.telling)
    writing = Writing(
        workspace=run.workspace,
        columns=[*prepared.columns, *wishes.mapping.constants],
        run=batches.begin_run(ledger, run.source.name, run.delivery.clock()),
        bytes_per_batch=wishes.bytes_per_batch,
    )
    written: list[tuple[int, Cut]] = []

    def keep(batch: Batch, part: Cut) -> None:
        written.append((batch.number, part))

    delivered = deliver(run.delivery, write_batches(writing, run.delivery, parts, keep))
    write_parts(run.workspace, written)
    return sorted(delivered, key=lambda batch: batch.number)


def _report(
    run: Run,
    prepared: Prepared,
    *,
    earlier: tuple[Uploading, ...],
    uploadings: tuple[Uploading, ...],
    again: Resent | None,
    before: Preflight | None,
) -> Report:
    workspace, wishes = run.workspace, run.wishes
    workspace.run("fates.sql", into="fates")
    _write_wished(workspace, prepared, wishes)
    fates = fates_of(workspace)
    return Report(
        source=run.source.name,
        counter=run.delivery.metrica.counter_id,
        uploadings=uploadings,
        earlier=earlier,
        resent=again,
        preflight=before,
        in_export=add(fates.values()),
        fates=fates,
        repriced=repriced_of(workspace),
        money_not_readable=workspace.rows("money_not_readable.sql")[0][0],
        unknown_currency=prepared.unknown_currency,
        reasons=reasons_of(workspace),
        remarks=remarks(run.delivery.metrica, workspace),
        by_source=revenue_of(workspace),
        rows=_rows(workspace, prepared) if wishes.every_row else (),
    )


def _write_wished(workspace: Workspace, prepared: Prepared, wishes: Wishes) -> None:
    if wishes.rejects is not None:
        write_rejects(workspace.table("rejects"), wishes.rejects)
    if wishes.fates is not None:
        write_fates(workspace.table("fates"), wishes.fates, prepared.first_line)


def _rows(workspace: Workspace, prepared: Prepared) -> tuple[Row, ...]:
    return tuple(rows_of(workspace.table("fates"), prepared.first_line))
