"""`visitjoin explain`: why the rows of an uploading ended as they did."""

from datetime import UTC, datetime
from typing import Final

from visitjoin.cli.connection import Connection, Json
from visitjoin.cli.console import say, say_json, say_table
from visitjoin.contract.explanation import RowExplained, Summary
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.plural import counted
from visitjoin.contract.uploads import UploadingId
from visitjoin.sender.api.receiver import Receiver

_MOMENT: Final = "%Y-%m-%d %H:%M:%S"


def explain(
    uploading: int,
    row: int | None = None,
    /,
    *,
    connection: Connection,
    json: Json = False,
) -> None:
    """Say in words what to mend of an uploading, or why one row ended as it did.

    A receiver of one's own only: Metrica does not say it.

    Args:
        uploading: its id.
        row: number of a row, from 1 for the first one under the header; without it, all.
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica:
        receiver = Receiver(metrica)
        found: Summary | RowExplained = (
            receiver.summary(UploadingId(uploading))
            if row is None
            else receiver.explain_row(UploadingId(uploading), row)
        )
    if json:
        say_json(found)
    elif isinstance(found, Summary):
        _say_summary(found)
    else:
        _say_row(found)


def _say_summary(summary: Summary) -> None:
    counts = ", ".join(f"{rows:,} {outcome}" for outcome, rows in summary.counts.items() if rows)
    say(f"{counted(summary.rows, 'row')}: {counts}.")
    say(f"Visits that began before {summary.cut_off:{_MOMENT}} UTC, the cut-off, do not count.")
    for advice in summary.advice:
        column = f", {advice.column}" if advice.column else ""
        say(f"\n{counted(advice.rows, 'row')}, {advice.outcome}{column}\n  {advice.said}")


def _say_row(found: RowExplained) -> None:
    row = found.row
    columns = [IdentifierKind(kind).column.value for kind in found.identifiers]
    carries = f", with {', '.join(columns)}" if columns else ""
    say(f"Row {row.row_no}: {row.outcome}{carries}.")
    say(found.said)
    if row.happened_at is not None:
        happened = _text(row.happened_at)
        say(f"It happened at {happened} UTC; the cut-off is {found.cut_off:{_MOMENT}} UTC.")
    if not found.visits:
        return
    say("")
    say_table(
        ("visit", "began (UTC)", "found by", ""),
        (
            (
                visit.visit_id,
                _text(visit.started_at),
                IdentifierKind(visit.found_by).column.value,
                visit.remark,
            )
            for visit in found.visits
        ),
    )
    if more := found.visits_in_all - len(found.visits):
        say(f"and {more:,} more")


def _text(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):{_MOMENT}}"
