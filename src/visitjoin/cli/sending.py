"""`visitjoin send` and `visitjoin resend`: from a table to the fate of every row."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from visitjoin.cli import logs
from visitjoin.cli.connection import Connection, Json, Ledgers, RowType
from visitjoin.cli.console import heading, manner, remark, say, say_json, say_rich
from visitjoin.cli.groups import LIMITS, WHAT, WRITING
from visitjoin.cli.progress import following
from visitjoin.cli.reading import Reading, SourceName
from visitjoin.cli.writing import check_outputs
from visitjoin.contract.clock import system_clock
from visitjoin.contract.errors import SettingError
from visitjoin.contract.uploads import UploadType
from visitjoin.sender.report import text as render
from visitjoin.sender.report.page import write_html
from visitjoin.sender.report.refusals import check_taken
from visitjoin.sender.report.report import Report
from visitjoin.sender.report.textfile import check_metrics_file, write_metrics
from visitjoin.sender.run.resend import PAUSE
from visitjoin.sender.run.resend import resend as resend_unlinked
from visitjoin.sender.run.send import send as send_table
from visitjoin.sender.run.wishes import PARALLEL, ROWS_PER_BATCH, OnChange, Wishes


def send(
    *source: SourceName,
    dry_run: Annotated[bool, WHAT] = False,
    visits: Annotated[Path | None, WHAT] = None,
    create_goals: Annotated[bool, WHAT] = False,
    on_change: Annotated[OnChange, WHAT] = OnChange.SEND,
    retry_unlinked: Annotated[bool, WHAT] = False,
    type_: Annotated[RowType, WHAT] = UploadType.BASIC,
    call_goal: Annotated[str, WHAT] = "",
    reading: Reading | None = None,
    rejects: Annotated[Path | None, WRITING] = None,
    html: Annotated[Path | None, WRITING] = None,
    show_rows: Annotated[bool, WRITING] = False,
    fates: Annotated[Path | None, WRITING] = None,
    strict: Annotated[bool, WRITING] = False,
    metrics: Annotated[Path | None, WRITING] = None,
    json: Json = False,
    connection: Connection,
    ledgers: Ledgers = None,
    wait: Annotated[float | None, LIMITS] = None,
    memory_limit: Annotated[str | None, LIMITS] = None,
    rows_per_batch: Annotated[int, LIMITS] = ROWS_PER_BATCH,
    parallel: Annotated[int, LIMITS] = PARALLEL,
    api_generation: Annotated[Literal[1, 2], LIMITS] = 2,
) -> int:
    """Check a table, upload it, follow it to its last status, and say what became of every row.

    Args:
        source: CSV, TSV, XLSX, Parquet or JSON Lines with a header, or a gzip or zip of these; -
            for standard input. Several are read as one table.
        dry_run: send nothing, and tell what would be sent.
        visits: with --dry-run, a table of visits (a Logs API export) from which to predict which
            rows will link, and why the others will not.
        create_goals: create a goal for each Target that reaches none.
        on_change: a conversion that was sent before with another price: send the new price, or
            skip it and report it.
        retry_unlinked: also send again what earlier runs sent and whose visitors were not found,
            as `visitjoin resend` does.
        type_: what the rows are: basic conversions, or calls.
        call_goal: name of the goal of calls, where the counter has none yet.
        reading: how to read the table.
        rejects: CSV for the rejected rows, each with its line and reason.
        html: page for the report, with charts; one file that needs nothing else.
        show_rows: print every row and what became of it; for small tables.
        fates: CSV for every row and what became of it.
        strict: end with exit code 3 where a row was rejected or not linked.
        metrics: file that ends with .prom for metrics of the finished run, for the textfile
            collector of Prometheus's node_exporter.
        json: print JSON.
        connection: server and counter.
        ledgers: folder of the ledgers of what was sent; default in the user's state folder.
        wait: seconds to wait for the last status; default as long as it takes.
        memory_limit: how much memory a query over the rows may take, as 2GB; default a quarter of
            the machine.
        rows_per_batch: how many rows an upload has at most.
        parallel: how many uploads run at once; Metrica allows 3.
        api_generation: 1 for the older API, which takes one kind of identifier in a file.
    """
    if visits and not dry_run:
        raise SettingError("--visits predicts what a run would do: say --dry-run with it.")
    reading = reading or Reading()
    wishes = Wishes(
        mapping=reading.mapping,
        zone=reading.zone,
        only=reading.only,
        dry_run=dry_run,
        visits=visits,
        create_goals=create_goals,
        type=type_,
        call_goal=call_goal,
        on_change=on_change,
        retry_unlinked=retry_unlinked,
        generation=api_generation,
        rows_per_batch=rows_per_batch,
        parallel=parallel,
        ledgers=ledgers,
        patience=wait,
        rejects=rejects,
        fates=fates,
        every_row=show_rows,
        memory_limit=memory_limit,
    )
    check_outputs(rejects=rejects, fates=fates, html=html, metrics=metrics)
    if metrics is not None:
        check_metrics_file(metrics)
    table = reading.source(source)
    began = system_clock()
    with connection.connect() as metrica, following() as telling:
        report = send_table(metrica, table, wishes, telling=telling)
    ended = system_clock()
    seconds = (ended - began).total_seconds()
    if html is not None:
        write_html(report, html, now=ended)
    for warning in report.warnings:
        remark(warning)
    if json:
        say_json(report)
    else:
        say_report(report, rejects, html)
    if manner.quiet or manner.json_logs:
        for note in report.remarks:
            remark(note)
    if manner.json_logs:
        logs.finished(report, seconds)
    check_taken(report.refused)
    if metrics is not None and not dry_run:
        write_metrics(report, metrics, now=ended, seconds=seconds)
    return 3 if strict and not report.is_spotless else 0


def say_report(report: Report, rejects: Path | None = None, html: Path | None = None) -> None:
    """Print a report. rejects, html: where rejected rows and the page were written to."""
    for title, parts in render.sections(report, rejects):
        heading(title)
        for part in parts:
            if isinstance(part, str):
                say(part)
            else:
                say_rich(part)
    for line in render.next_step(report):
        say(line)
    if html is not None:
        say(f"The same with charts: {html}")


def resend(
    *,
    now: bool = False,
    wait: float | None = None,
    ledgers: Ledgers = None,
    connection: Connection,
    json: Json = False,
) -> None:
    """Send again what was sent before and whose visitors were not found, until the window closes.

    A visitor becomes known when they sign in. What is sent again counts as the same conversion.

    Args:
        now: also what was tried less than twelve hours ago.
        wait: seconds to wait for the last statuses; default as long as it takes.
        ledgers: folder of the ledgers of what was sent.
        connection: server and counter.
        json: print JSON.
    """
    wishes = Wishes(patience=wait, ledgers=ledgers)
    with connection.connect() as metrica, following() as telling:
        again = resend_unlinked(
            metrica, wishes, pause=timedelta() if now else PAUSE, telling=telling
        )
    if json:
        say_json(again)
    else:
        for line in render.resent(again):
            say(line)
    check_taken(again.refused)
