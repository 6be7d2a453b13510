"""The whole run, from a table to the fate of every row.

read and check -> leave out repeats and what is too old -> write the batch -> upload it once ->
follow it to its last status -> ask what became of each row -> report.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep as real_sleep
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.columns import Column
from visitjoin.contract.errors import Refused
from visitjoin.contract.extension import OutcomeRow
from visitjoin.contract.goals import mistaken_target, targets_of
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import Uploading
from visitjoin.contract.window import WINDOW
from visitjoin.prepare import Mapping, Prepared, Source, prepare
from visitjoin.prepare.rejects import write_rejects
from visitjoin.prepare.sources import name_of
from visitjoin.sender.api.client import Metrica, Progress
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.report.report import (
    Report,
    Row,
    add,
    fates_of,
    reasons_of,
    revenue_of,
    rows_of,
    write_fates,
)
from visitjoin.sender.run.batch import Sleep, new_batch_id, upload_once
from visitjoin.sender.run.track import track
from visitjoin.sender.tables.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How to send. Without any of it a table with the API's or obvious names is sent."""

    mapping: Mapping = field(default_factory=Mapping)
    """Which column is which."""
    zone: ZoneInfo | None = None
    """Of local times; None for the counter's own."""
    only: IdentifierKind | None = None
    """The one kind of identifier, for the older generation of the API."""
    dry_run: bool = False
    """Stop before the upload."""
    patience: float | None = None
    """Seconds to wait for the last status; None for as long as it takes."""
    rejects: Path | None = None
    """A CSV for the rejected rows."""
    fates: Path | None = None
    """A CSV for every row and its fate."""
    every_row: bool = False
    """Whether the report holds every row; for small tables."""
    memory_limit: str | None = None
    """Of each query over the rows, such as `2GB`; default a quarter of the machine."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Whom to tell how far a run is."""

    step: Callable[[str], None] = lambda _: None
    sent: Progress | None = None
    status: Callable[[Uploading], None] | None = None


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

    metrica: a client of the counter. source: see `prepare`. wishes: how. telling: whom to tell how
    far it is. clock, sleep: the present moment, and waiting.

    Raises SourceError where the table cannot be read; ApiError where the server does not take it.
    """
    wishes, telling = wishes or Wishes(), telling or Telling()
    with TemporaryDirectory(prefix="visitjoin-send-") as folder:
        workspace = Workspace(Path(folder), wishes.memory_limit)
        telling.step("checking")
        prepared = _prepare(metrica, source, workspace, wishes, clock())
        _plan(metrica, workspace, clock())
        batch, uploading = None, None
        if not wishes.dry_run and (file := _write_batch(workspace, prepared, wishes)):
            telling.step("uploading")
            batch = new_batch_id()
            uploading = upload_once(
                metrica, file, batch=batch, kind=wishes.only, on_progress=telling.sent, sleep=sleep
            )
            telling.step("waiting for the last status")
            uploading = track(
                metrica,
                uploading.id,
                on_change=telling.status,
                patience=wishes.patience,
                sleep=sleep,
            )
        telling.step("reporting")
        _keep_outcomes(metrica, workspace, uploading)
        workspace.run("fates.sql", into="fates")
        _write_wished(workspace, prepared, wishes)
        fates = fates_of(workspace)
        return Report(
            source=name_of(source),
            counter=metrica.counter_id,
            batch=batch,
            uploading=uploading,
            in_export=add(fates.values()),
            fates=fates,
            money_not_readable=workspace.rows("money_not_readable.sql")[0][0],
            unknown_currency=prepared.unknown_currency,
            reasons=reasons_of(workspace),
            remarks=_remarks(metrica, workspace),
            by_source=revenue_of(workspace),
            rows=_rows(workspace, prepared) if wishes.every_row else (),
            warnings=prepared.warnings,
        )


def _prepare(
    metrica: Metrica, source: Source, workspace: Workspace, wishes: Wishes, now: datetime
) -> Prepared:
    return prepare(
        source,
        conversions=workspace.table("conversions"),
        rejects=workspace.table("rejects"),
        now=now,
        zone=wishes.zone or ZoneInfo(metrica.counter().time_zone_name),
        only=wishes.only,
        mapping=wishes.mapping,
    )


def _plan(metrica: Metrica, workspace: Workspace, now: datetime) -> None:
    threshold = _join_threshold(metrica, now)
    workspace.run("plan.sql", into="planned", cut_off=int(threshold.timestamp()))


def _join_threshold(metrica: Metrica, now: datetime) -> datetime:
    try:
        return metrica.join_threshold()
    except Refused as refusal:
        # The current guide of the API does not mention this call any more, only the 21 days.
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        return now - WINDOW


def _write_batch(workspace: Workspace, prepared: Prepared, wishes: Wishes) -> Path | None:
    """The CSV of what is to be uploaded, in the API's form; None where that is nothing."""
    if not workspace.rows("targets.sql"):
        return None
    present = {*prepared.columns, *wishes.mapping.constants}
    columns = ", ".join(
        f'{_WRITTEN[column]} as "{column}"' for column in Column if column in present
    )
    file = workspace.folder / "conversions.csv"
    workspace.write_csv(
        # The columns are the contract's own; nothing of the user's is in this text.
        f"select {columns} from conversions inner join planned using (row_no) "  # noqa: S608
        "where fate = 'uploaded' order by row_no",
        file,
    )
    return file


_WRITTEN: Final = {
    Column.CLIENT_ID: "client_id",
    Column.USER_ID: "user_id",
    Column.YCLID: "yclid",
    Column.PURCHASE_ID: "purchase_id",
    Column.TARGET: "target",
    Column.DATE_TIME: "happened_at",
    Column.PRICE: "rtrim(rtrim(price::varchar, '0'), '.')",
    Column.CURRENCY: "currency",
}


def _keep_outcomes(metrica: Metrica, workspace: Workspace, uploading: Uploading | None) -> None:
    """Keep what the server says of each row; an empty table where it says nothing by row."""
    schema = pa.schema(
        [
            ("row_no", pa.int64()),
            *((name, pa.string()) for name in _OF_OUTCOMES),
        ]
    )
    with pq.ParquetWriter(workspace.table("outcomes"), schema) as writer:
        for page in _outcome_pages(metrica, uploading):
            rows = [
                {"row_no": row.row_no} | {name: getattr(row, name) for name in _OF_OUTCOMES}
                for row in page
            ]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))


_OF_OUTCOMES: Final = ("outcome", "reason", "visit_id", "linked_by", "traffic_source", "remark")


def _outcome_pages(
    metrica: Metrica, uploading: Uploading | None
) -> Iterator[tuple[OutcomeRow, ...]]:
    if uploading is None or metrica.is_yandex or not uploading.status.is_last:
        return
    try:
        yield from Receiver(metrica).all_outcomes(uploading.id)
    except Refused as refusal:
        # A server that speaks the API and is neither Metrica nor ours has no outcomes by row.
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise


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
