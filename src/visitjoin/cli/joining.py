"""`visitjoin link`: the join alone, on files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from visitjoin.cli.connection import Json
from visitjoin.cli.console import remark, say, say_json, say_table
from visitjoin.cli.reading import Reading
from visitjoin.cli.writing import check_outputs
from visitjoin.contract.clock import system_clock
from visitjoin.prepare.sources import name_of
from visitjoin.sender.run.link_files import link_files


def link(
    *,
    visits: Path,
    conversions: str | None = None,
    out: Path,
    as_of: datetime | None = None,
    since: datetime | None = None,
    goal: Annotated[list[str] | None, Parameter(negative=())] = None,
    memory_limit: str | None = None,
    reading: Reading | None = None,
    json: Json = False,
) -> None:
    """Join a table of conversions to a table of visits, on this machine, with nothing sent.

    Args:
        visits: a Logs API export (TSV), or a CSV or Parquet file of visits.
        conversions: any table of conversions that `prepare` takes; none where there is --sql.
        out: CSV or Parquet file to write: every row and its outcome.
        as_of: when they are processed; default now.
        since: when tracking was enabled; default long ago, so that the window is 21 days.
        goal: a Target that reaches a goal, may be repeated; default every Target does.
        memory_limit: how much memory the join may take, as 2GB; default a quarter of the machine.
        reading: how to read the conversions.
        json: print JSON.
    """
    check_outputs(out=out)
    reading = reading or Reading()
    zone = reading.zone
    table = reading.source([conversions] if conversions else [])
    linked = link_files(
        visits=visits,
        conversions=table,
        out=out,
        now=(as_of.replace(tzinfo=as_of.tzinfo or zone or UTC)) if as_of else system_clock(),
        enabled_at=since.replace(tzinfo=since.tzinfo or zone or UTC) if since else None,
        targets=goal,
        zone=zone,
        mapping=reading.mapping,
        memory_limit=memory_limit,
    )
    for warning in linked.warnings:
        remark(warning)
    if json:
        say_json(linked)
        return
    say(f"{linked.visits:,} visits, {linked.visits_rejected:,} rejected")
    say(f"visits from {linked.cut_off:%Y-%m-%d %H:%M %Z} on can be joined")
    say_table(
        ("", "rows"),
        (
            (f"in {name_of(table)} -> {out}", linked.rows),
            *([("  left_out", linked.left_out)] if linked.left_out else []),
            *((f"  {outcome}", rows) for outcome, rows in linked.outcomes.items()),
        ),
    )
