"""`visitjoin counters`: list, create."""

from cyclopts import App

from visitjoin.cli.connection import Json, Server
from visitjoin.cli.console import say, say_json, say_table
from visitjoin.cli.groups import COUNTER
from visitjoin.contract.counters import DEFAULT_TIME_ZONE

app = App(name="counters", help="The counters that the token may see.", group=COUNTER)


@app.command(name="list")
def list_counters(*, server: Server | None = None, json: Json = False) -> None:
    """Show the counters.

    Args:
        server: the server.
        json: print JSON.
    """
    with (server or Server()).open() as metrica:
        counters = metrica.counters()
    if json:
        say_json(counters)
        return
    say_table(
        ("id", "name", "time zone", "site"),
        ((str(c.id), c.name, c.time_zone_name, c.site) for c in counters),
    )


@app.command
def create(
    *,
    name: str,
    time_zone: str = DEFAULT_TIME_ZONE,
    site: str = "",
    server: Server | None = None,
    json: Json = False,
) -> None:
    """Create a counter.

    Args:
        name: what people see.
        time_zone: name of the zone in which the counter's local times are read.
        site: domain of the site.
        server: the server.
        json: print JSON.
    """
    with (server or Server()).open() as metrica:
        counter = metrica.create_counter(name, time_zone_name=time_zone, site=site)
    if json:
        say_json(counter)
    else:
        say(f'Created counter {counter.id} "{counter.name}", {counter.time_zone_name}.')
