"""`visitjoin send` and `visitjoin check`: from a table to the fate of every row."""

from pathlib import Path

from visitjoin.cli.connection import Connection, Json
from visitjoin.cli.console import heading, remark, say, say_json, say_rich
from visitjoin.cli.progress import following
from visitjoin.cli.reading import Reading, SourceName
from visitjoin.sender.report import text as render
from visitjoin.sender.report.report import Report
from visitjoin.sender.run.check import check as check_counter
from visitjoin.sender.run.send import Wishes
from visitjoin.sender.run.send import send as send_table


def send(
    *source: SourceName,
    dry_run: bool = False,
    wait: float | None = None,
    rejects: Path | None = None,
    fates: Path | None = None,
    show_rows: bool = False,
    strict: bool = False,
    memory_limit: str | None = None,
    reading: Reading | None = None,
    connection: Connection,
    json: Json = False,
) -> int:
    """Check a table, upload it, follow it to its last status, and say what became of every row.

    Args:
        source: CSV, TSV, XLSX, Parquet or JSON Lines with a header, or a gzip or zip of these; -
            for standard input. Several are read as one table.
        dry_run: stop before the upload.
        wait: seconds to wait for the last status; default as long as it takes.
        rejects: CSV to write the rejected rows to.
        fates: CSV to write every row and its fate to.
        show_rows: print every row and its fate; for small tables.
        strict: end with 3 where a row was rejected or not linked.
        memory_limit: how much memory a query over the rows may take, as 2GB.
        reading: how to read the table.
        connection: server and counter.
        json: print JSON.
    """
    reading = reading or Reading()
    wishes = Wishes(
        mapping=reading.mapping,
        zone=reading.zone,
        only=reading.only,
        dry_run=dry_run,
        patience=wait,
        rejects=rejects,
        fates=fates,
        every_row=show_rows,
        memory_limit=memory_limit,
    )
    table = reading.source(source)
    with connection.connect() as metrica, following() as telling:
        report = send_table(metrica, table, wishes, telling=telling)
    for warning in report.warnings:
        remark(warning)
    if json:
        say_json(report)
    else:
        _say(report, rejects)
    return 3 if strict and not report.is_spotless else 0


def _say(report: Report, rejects: Path | None) -> None:
    if report.rows:
        heading("Every row")
        say_rich(render.every_row(report.rows))
    heading("Reconciliation")
    say_rich(render.reconciliation(report))
    for note in render.notes(report):
        say(note)
    if report.reasons:
        heading("Rejected" + (f" -> {rejects}" if rejects else ""))
        say_rich(render.rejections(report))
    if report.remarks:
        heading("To mend")
        for advice in report.remarks:
            say(advice)
    if report.by_source:
        heading("Revenue by traffic source")
        say_rich(render.revenue(report))
    say(render.next_step(report))


def check(*, connection: Connection, json: Json = False) -> int:
    """Say whether an upload would be taken, and from which visits on it can link.

    Args:
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica:
        found = check_counter(metrica)
    if json:
        say_json(found)
        return 0 if found.can_upload else 1
    if found.counter:
        say(f'counter  {found.counter.id} "{found.counter.name}", {found.counter.time_zone_name}')
        say(f"targets  {', '.join(found.targets) or 'none'}")
    if found.joined_from:
        say(f"window   visits from {found.joined_from:%Y-%m-%d %H:%M} UTC on can be joined")
    for problem in found.problems:
        say(f"problem  {problem}")
    say("An upload would be taken." if found.can_upload else "An upload would not link.")
    return 0 if found.can_upload else 1
