"""The whole run, from a table to the fate of every row.

finish what an earlier run left -> read and check -> plan -> write, record and upload each batch ->
follow them to their last status -> ask what became of each row -> report.
"""

from dataclasses import dataclass
from pathlib import Path
from time import sleep as real_sleep
from zoneinfo import ZoneInfo

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.goals import mistaken_target, targets_of
from visitjoin.contract.uploads import Uploading
from visitjoin.prepare import Prepared, prepare
from visitjoin.prepare.rejects import write_rejects
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch, State
from visitjoin.sender.report.report import (
    Report,
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
from visitjoin.sender.run.follow import follow
from visitjoin.sender.run.opening import ledger_for, workspace_over, write_parts
from visitjoin.sender.run.plan import Cut, cuts, join_threshold, plan
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
    with (
        ledger_for(metrica, wishes.ledgers, clock(), wishes.memory_limit) as ledger,
        workspace_over(ledger) as workspace,
    ):
        delivery = Delivery(
            metrica=metrica,
            ledger=ledger,
            telling=telling or Telling(),
            clock=clock,
            sleep=sleep,
            parallel=wishes.parallel,
        )
        run = Run(source=source, wishes=wishes, workspace=workspace, delivery=delivery)
        earlier = [] if run.wishes.dry_run else _finish_earlier(run)
        prepared = _prepare(run)
        plan(run.workspace, run.wishes, cut_off=join_threshold(metrica, clock()))
        run.delivery.telling.step(Step.PLANNED)
        sent = [] if run.wishes.dry_run else _upload(run, prepared)
        run.delivery.telling.step(Step.TRACKING)
        found = follow(run.delivery, run.workspace, [*earlier, *sent], run.wishes.patience)
        run.delivery.telling.step(Step.REPORTING)
        return _report(
            run,
            prepared,
            earlier=tuple(found[batch.number] for batch in earlier),
            uploadings=tuple(found[batch.number] for batch in sent),
        )


def _finish_earlier(run: Run) -> list[Batch]:
    """Upload what an earlier run left; returns all that was accepted and has no last status yet."""
    batches.sweep(run.delivery.ledger)
    left = batches.unfinished(run.delivery.ledger)
    accepted = [batch for batch in left if batch.state is State.ACCEPTED]
    delivered = deliver(run.delivery, [batch for batch in left if batch not in accepted])
    for batch in delivered:
        run.delivery.telling.remark(
            f"{batch.rows:,} rows that an earlier run left on their way are uploaded now: "
            f"uploading {batch.uploading}."
        )
    return accepted + delivered


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
    writing = Writing(
        workspace=run.workspace,
        columns=[*prepared.columns, *wishes.mapping.constants],
        run=batches.begin_run(ledger, run.source.name, run.delivery.clock()),
        bytes_per_batch=wishes.bytes_per_batch,
    )
    written: list[tuple[Batch, Cut]] = []

    def keep(batch: Batch, part: Cut) -> None:
        written.append((batch, part))

    delivered = deliver(run.delivery, write_batches(writing, run.delivery, parts, keep))
    write_parts(run.workspace, written)
    return sorted(delivered, key=lambda batch: batch.number)


def _report(
    run: Run,
    prepared: Prepared,
    *,
    earlier: tuple[Uploading, ...],
    uploadings: tuple[Uploading, ...],
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
        in_export=add(fates.values()),
        fates=fates,
        repriced=repriced_of(workspace),
        money_not_readable=workspace.rows("money_not_readable.sql")[0][0],
        unknown_currency=prepared.unknown_currency,
        reasons=reasons_of(workspace),
        remarks=_remarks(run.delivery.metrica, workspace),
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


def _remarks(metrica: Metrica, workspace: Workspace) -> tuple[str, ...]:
    """Targets that reach no goal, and what to write instead or how to create the goal."""
    goals = metrica.goals()
    known = targets_of(goals)
    return tuple(
        f"{rows:,} x {mistaken_target(target, goals) or _without_goal(target)}"
        for target, rows in workspace.rows("targets.sql")
        if target not in known
    )


def _without_goal(target: str) -> str:
    return (
        f'Target "{target}" reaches no goal. Create one, unless it is a test: '
        f'visitjoin goals create --name NAME --target "{target}"'
    )
