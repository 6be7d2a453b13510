"""The whole run, from a table to the fate of every row.

finish what an earlier run left -> read and check -> plan -> write, record and upload each batch ->
follow them to their last status -> ask what became of each row -> report.
"""

from time import sleep as real_sleep

from visitjoin.contract.clock import Clock, Sleep, system_clock
from visitjoin.contract.errors import SettingError
from visitjoin.contract.uploads import Uploading, UploadType
from visitjoin.prepare import Prepared, Source
from visitjoin.prepare.kept import Kept
from visitjoin.prepare.rejects import write_rejects
from visitjoin.prepare.sources import name_of
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger.batches import Batch
from visitjoin.sender.report.breakdown import by_day_of, by_target_of
from visitjoin.sender.report.every_row import rows_of, write_fates
from visitjoin.sender.report.refusals import refusals_of
from visitjoin.sender.report.report import (
    Report,
    Row,
    add,
    fates_of,
    reasons_of,
    repriced_of,
    revenue_of,
)
from visitjoin.sender.run.earlier import finish_earlier, give_up_closed
from visitjoin.sender.run.fates import find_fates
from visitjoin.sender.run.follow import follow
from visitjoin.sender.run.leave import upload_leaving
from visitjoin.sender.run.opening import Opened, opened
from visitjoin.sender.run.plan import join_threshold, plan
from visitjoin.sender.run.preflight import preflight
from visitjoin.sender.run.reading import read
from visitjoin.sender.run.resend import PAUSE, Repeating, repeat, resent
from visitjoin.sender.run.targets import create_goals, remarks
from visitjoin.sender.run.telling import Step, Telling
from visitjoin.sender.run.wishes import Wishes
from visitjoin.sender.tables.workspace import Workspace


def send(
    metrica: Metrica,
    source: Source,
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

    Raises SettingError where chats are to be sent; SourceError where the table cannot be read;
    LedgerError where the ledger cannot be used, as while another run holds it; ApiError where the
    server does not answer as it should: what was accepted until then is in the ledger, and the next
    run goes on. A file that it refuses is no error, for the others go on: see `Report.refused`.
    """
    wishes = wishes or Wishes()
    if wishes.type is UploadType.CHATS:
        raise SettingError(
            "Chats cannot be sent: the API does not say what all their columns are called "
            "(docs/explanation/contract.md)."
        )
    with opened(metrica, wishes, telling=telling, clock=clock, sleep=sleep) as run:
        earlier = [] if wishes.dry_run else finish_earlier(run.delivery)
        repeating = _repeat(run, wishes)
        if not wishes.dry_run:
            give_up_closed(run.delivery)
        prepared = read(run, source, wishes)
        cut_off = join_threshold(metrica, clock(), wishes.type)
        plan(run.workspace, wishes, cut_off=cut_off)
        run.delivery.telling.step(Step.PLANNED)
        before = preflight(run, wishes, cut_off=cut_off) if wishes.dry_run else None
        sent = [] if wishes.dry_run else _upload(run, source, prepared, wishes)
        run.delivery.telling.step(Step.TRACKING)
        answered = [*earlier, *repeating.answered, *sent]
        found = follow(run.delivery, run.workspace, answered, wishes.patience)
        run.delivery.telling.step(Step.REPORTING)
        find_fates(
            run.workspace,
            rows=sum(piece.rows for piece in prepared.pieces),
            by_row=wishes.every_row or wishes.fates is not None,
        )
        _write_wished(run.workspace, prepared, wishes)
        fates = fates_of(run.workspace)
        return Report(
            source=name_of(source),
            counter=metrica.counter_id,
            uploadings=_uploadings(found, sent),
            earlier=_uploadings(found, earlier),
            refused=refusals_of(answered),
            resent=resent(repeating, found) if wishes.retry_unlinked else None,
            preflight=before,
            in_export=add(fates.values()),
            fates=fates,
            repriced=repriced_of(run.workspace),
            money_not_readable=run.workspace.rows("money_not_readable.sql")[0][0],
            unknown_currency=prepared.unknown_currency,
            reasons=reasons_of(run.workspace, prepared.pieces),
            remarks=_remarks(run, wishes),
            by_source=revenue_of(run.workspace),
            by_target=by_target_of(run.workspace),
            by_day=by_day_of(run.workspace, run.zone),
            zone=run.zone.key,
            rows=_rows(run.workspace, prepared) if wishes.every_row else (),
            warnings=prepared.warnings,
        )


def _uploadings(found: dict[int, Uploading], followed: list[Batch]) -> tuple[Uploading, ...]:
    return tuple(found[batch.number] for batch in followed if batch.number in found)


def _remarks(run: Opened, wishes: Wishes) -> tuple[str, ...]:
    if wishes.type is not UploadType.BASIC:
        # The goal of calls is the server's own, made when the first file of them is taken.
        return ()
    return remarks(run.delivery.metrica, run.workspace)


def _repeat(run: Opened, wishes: Wishes) -> Repeating:
    if not wishes.retry_unlinked or wishes.dry_run:
        return Repeating()
    return repeat(run.delivery, run.workspace, pause=PAUSE)


def _upload(run: Opened, source: Source, prepared: Prepared, wishes: Wishes) -> list[Batch]:
    if wishes.create_goals and wishes.type is UploadType.BASIC:
        create_goals(run.delivery.metrica, run.workspace, run.delivery.telling)
    return upload_leaving(run, wishes, prepared=prepared, source=name_of(source))


def _write_wished(workspace: Workspace, prepared: Prepared, wishes: Wishes) -> None:
    if wishes.rejects is not None:
        write_rejects(Kept(workspace.table("rejects")), wishes.rejects)
    if wishes.fates is not None:
        write_fates(workspace.parts("fates"), wishes.fates, prepared.pieces)


def _rows(workspace: Workspace, prepared: Prepared) -> tuple[Row, ...]:
    return tuple(rows_of(workspace.parts("fates"), prepared.pieces))
