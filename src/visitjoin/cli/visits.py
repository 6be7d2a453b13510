"""`visitjoin visits import` and `visitjoin report`: what a receiver of one's own has more."""

from pathlib import Path

from cyclopts import App

from visitjoin.cli.connection import Connection, Json
from visitjoin.cli.console import say, say_json, say_table
from visitjoin.cli.groups import RECEIVER
from visitjoin.sender.api.receiver import Receiver

app = App(
    name="visits", help="The visits of a counter, on a receiver of one's own.", group=RECEIVER
)


@app.command(name="import")
def import_visits(file: Path, /, *, connection: Connection, json: Json = False) -> None:
    """Import visits. What was imported before is counted once, by visit_id; the newest stays.

    Args:
        file: a Logs API export (TSV), or a CSV or Parquet file with visit_id, started_at and
            client_id, user_id, yclid or purchase_ids.
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica:
        found = Receiver(metrica).import_visits(file)
    if json:
        say_json(found)
        return
    say(f"{found.rows:,} visits in {file.name}:")
    say(f"{found.new:,} new, {found.known:,} known before, {found.rejected:,} rejected.")
    for reason, rows in found.reasons.items():
        say(f"  {rows:,} {reason}")


def report(*, connection: Connection, json: Json = False) -> None:
    """Show conversions and revenue by goal and traffic source; a receiver of one's own only.

    Each conversion counts once over all uploadings, with its newest price.

    Args:
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica:
        rows = Receiver(metrica).report()
    if json:
        say_json(rows)
        return
    if not rows:
        say("No conversion is linked to a visit yet.")
        return
    say_table(
        ("goal", "Target", "traffic source", "conversions", "revenue", "currency"),
        (
            (
                row.goal_name,
                row.target,
                row.traffic_source or "(unknown)",
                row.conversions,
                f"{row.revenue:,.2f}",
                row.currency,
            )
            for row in rows
        ),
    )
