"""`visitjoin tracking`: enable, disable, status."""

from datetime import datetime

from cyclopts import App

from visitjoin.cli.connection import Connection, Json, RowType
from visitjoin.cli.console import say, say_json
from visitjoin.cli.groups import COUNTER
from visitjoin.contract.clock import system_clock
from visitjoin.contract.uploads import UploadType
from visitjoin.contract.window import first_upload

app = App(name="tracking", help="The tracking of offline conversions.", group=COUNTER)


@app.command
def enable(
    *, since: datetime | None = None, type_: RowType = UploadType.BASIC, connection: Connection
) -> None:
    """Enable tracking: from now on visits are kept open for conversions, up to 21 days.

    Args:
        since: on a receiver of one's own, the moment from which visits count (to link history).
        type_: of what: calls are tracked apart.
        connection: server and counter.
    """
    with connection.connect() as metrica:
        metrica.enable_tracking(since=since, type=type_)
        threshold = metrica.join_threshold(type=type_)
    say("Tracking is enabled.")
    say(_reach(threshold))
    if taken_from := first_upload(threshold, system_clock()):
        say(f"Metrica and a sandbox take uploads from {taken_from:%Y-%m-%d %H:%M} UTC on.")


@app.command
def disable(*, type_: RowType = UploadType.BASIC, connection: Connection) -> None:
    """Disable tracking.

    Args:
        type_: of what: calls are tracked apart.
        connection: server and counter.
    """
    with connection.connect() as metrica:
        metrica.disable_tracking(type=type_)
    say("Tracking is disabled.")


@app.command
def status(
    *, type_: RowType = UploadType.BASIC, connection: Connection, json: Json = False
) -> None:
    """Say from which moment conversions can be joined to visits.

    Args:
        type_: of what: calls are tracked apart.
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica:
        threshold = metrica.join_threshold(type=type_)
    if json:
        say_json({"join_threshold": threshold})
    else:
        say(_reach(threshold))


def _reach(threshold: datetime) -> str:
    return f"Conversions can be joined to visits from {threshold:%Y-%m-%d %H:%M} UTC on."
