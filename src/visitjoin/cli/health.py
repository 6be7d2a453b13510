"""`visitjoin health`: the share linked, and a shout when it falls."""

from collections.abc import Sequence
from pathlib import Path

from visitjoin.cli.connection import Json, Ledgers, Owned
from visitjoin.cli.console import heading, say, say_json, say_rich
from visitjoin.cli.writing import check_outputs
from visitjoin.contract.errors import SettingError
from visitjoin.sender.ledger.health import Basis, Health
from visitjoin.sender.report import health_text as render
from visitjoin.sender.report.alerts import AT_LEAST, Alert
from visitjoin.sender.report.alerts import alerts as alerts_of
from visitjoin.sender.report.health_page import write_health
from visitjoin.sender.run.health import health_of_owner


def health(
    *,
    days: int = 30,
    alert_below: float | None = None,
    at_least: int = AT_LEAST,
    html: Path | None = None,
    ledgers: Ledgers = None,
    owned: Owned,
    json: Json = False,
) -> int:
    """Show which share of what was sent was linked: by day, target and kind of identifier.

    With --alert-below it ends with 3 where the share is below that, where it fell against the days
    before, or where a kind of identifier stopped arriving. Asks the ledger, not the server.

    Args:
        days: how many days to show, today included.
        alert_below: share from 0 to 1, as 0.6; end with 3 where something fell.
        at_least: rows of a day that is judged; a day with fewer says too little.
        html: page to write the same to, with charts.
        ledgers: folder of the ledgers of what was sent.
        owned: server and counter.
        json: print JSON.
    """
    if alert_below is not None and not 0 <= alert_below <= 1:
        raise SettingError(
            f"--alert-below {alert_below:g} is no share from 0 to 1. Write it as 0.6."
        )
    if days < 1 or at_least < 1:
        raise SettingError("--days and --at-least are 1 or more.")
    check_outputs(html=html)
    found = health_of_owner(owned.owner, days=days, ledgers=ledgers)
    fell = alerts_of(found, floor=alert_below, at_least=at_least)
    if html is not None:
        write_health(
            found, fell, html, counter=owned.counter, at_least=at_least, now=found.asked_at
        )
    if json:
        say_json({"health": found, "alerts": fell})
    else:
        _say(found, fell, at_least)
    return 3 if fell and alert_below is not None else 0


def _say(found: Health, fell: Sequence[Alert], at_least: int) -> None:
    if not found.days:
        say("Nothing was sent in these days.")
        return
    by_row = found.basis is Basis.ROW
    heading(render.title(found))
    say_rich(render.by_day(found, fell))
    for note in render.notes(found, at_least):
        say(note)
    heading("By kind of identifier")
    say_rich(render.by_part("kind", found.by_kind, has_shares=by_row))
    heading("By target")
    say_rich(render.by_part("Target", found.by_target, has_shares=by_row))
    heading("What fell")
    for alert in fell:
        say(alert.sentence)
    if not fell:
        say("Nothing.")
