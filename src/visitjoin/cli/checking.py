"""`visitjoin check`: whether an upload would be taken, and what would become of a table."""

from pathlib import Path
from typing import Annotated, Any

import msgspec

from visitjoin.cli.connection import Connection, Json, Ledgers
from visitjoin.cli.console import remark, say, say_json
from visitjoin.cli.groups import WHAT
from visitjoin.cli.progress import following
from visitjoin.cli.reading import Reading, SourceName
from visitjoin.cli.sending import say_report
from visitjoin.contract.errors import SettingError
from visitjoin.sender.run.check import Checked
from visitjoin.sender.run.check import check as check_counter
from visitjoin.sender.run.send import send as send_table
from visitjoin.sender.run.wishes import Wishes


def check(
    *source: SourceName,
    visits: Annotated[Path | None, WHAT] = None,
    reading: Reading | None = None,
    json: Json = False,
    connection: Connection,
    ledgers: Ledgers = None,
) -> int:
    """Say whether an upload would be taken, and from which visits on it can link.

    With a table, also what would become of its rows, as `visitjoin send --dry-run` says it.

    Args:
        source: a table, as of `visitjoin send`; without one only the counter is checked.
        visits: a table of visits (a Logs API export) from which to predict which rows will link.
        reading: how to read the table.
        json: print JSON.
        connection: server and counter.
        ledgers: folder of the ledgers of what was sent.
    """
    reading = reading or Reading()
    if visits and not source:
        raise SettingError("--visits predicts what becomes of a table: name one.")
    token = connection.find_token()
    with connection.connect(found=token) as metrica, following() as telling:
        found = check_counter(metrica)
        wishes = Wishes(
            mapping=reading.mapping,
            zone=reading.zone,
            only=reading.only,
            dry_run=True,
            visits=visits,
            ledgers=ledgers,
        )
        report = (
            send_table(metrica, reading.source(source), wishes, telling=telling)
            if source and found.can_upload
            else None
        )
    if json:
        told: dict[str, Any] = {"token_from": token.place} | msgspec.to_builtins(found)
        say_json(told | ({"report": report} if report else {}))
    else:
        _say(found, token.place)
        if report:
            say_report(report)
    for warning in report.warnings if report else ():
        remark(warning)
    return 0 if found.can_upload else 1


def _say(found: Checked, token_from: str) -> None:
    say(f"token    from {token_from}")
    if found.counter:
        say(f'counter  {found.counter.id} "{found.counter.name}", {found.counter.time_zone_name}')
        say(f"targets  {', '.join(found.targets) or 'none'}")
    if found.joined_from:
        say(f"window   visits from {found.joined_from:%Y-%m-%d %H:%M} UTC on can be joined")
    if found.taken_from:
        say(
            f"uploads  from {found.taken_from:%Y-%m-%d %H:%M} UTC on at Metrica and in a sandbox, "
            "24 hours after tracking was enabled"
        )
    for problem in found.problems:
        say(f"problem  {problem}")
    if not found.can_upload:
        say("An upload would not link.")
    elif found.taken_from:
        say("Nothing else is in the way of an upload.")
    else:
        say("An upload would be taken.")
