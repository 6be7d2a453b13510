"""What did some days bring, and which visits were there? For people, who look at sums."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from visitjoin.contract.extension import KeptCorrection
from visitjoin.receiver.lake.corrections import show_standing
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query, show
from visitjoin.receiver.lake.tables import LakeTable


class Result(NamedTuple):
    """Linked conversions that have something in common; see results.sql."""

    by: str
    name: str
    currency: str
    conversions: int
    revenue: Decimal


class LatestVisit(NamedTuple):
    """A visit, without who it was; see latest_visits.sql."""

    visit_id: str
    started_at: int
    ended_at: int | None
    traffic_source: str
    utm_source: str
    utm_medium: str
    utm_campaign: str
    start_url: str
    by_client: bool
    by_click: bool
    signed_in: bool
    purchases: int


class OfSource(NamedTuple):
    """How many visits a traffic source brought."""

    traffic_source: str
    visits: int


def results(
    lake: Lake,
    counter_id: int,
    *,
    days: Sequence[date],
    zone: ZoneInfo,
    unfinished: Collection[int],
    corrections: Sequence[KeptCorrection],
) -> list[Result]:
    """What the linked conversions of some days brought, each conversion counted once.

    days: of the conversions, in a zone. unfinished, corrections: as for `answers.revenue`.
    """
    with lake.connect() as connection:
        show_standing(lake, connection, counter_id, corrections)
        _show_days(connection, days, zone)
        asked = {"unfinished": list(unfinished)}
        return [Result(*row) for row in connection.execute(query("results"), asked).fetchall()]


def latest_visits(
    lake: Lake, counter_id: int, *, source: str | None, most: int
) -> list[LatestVisit]:
    """The visits that began last. source: "" for those of none that is known, None for all."""
    with lake.connect() as connection:
        show(lake, connection, LakeTable.VISITS, counter_id)
        asked = {"source": source, "most": most}
        found = connection.execute(query("latest_visits"), asked).fetchall()
        return [LatestVisit(*row) for row in found]


def visits_by_source(lake: Lake, counter_id: int) -> list[OfSource]:
    """How many visits came from where, the most first."""
    with lake.connect() as connection:
        show(lake, connection, LakeTable.VISITS, counter_id)
        return [OfSource(*row) for row in connection.execute(query("visits_by_source")).fetchall()]


def _show_days(connection: duckdb.DuckDBPyConnection, days: Sequence[date], zone: ZoneInfo) -> None:
    # The engine's own zones are an extension that would have to be fetched.
    rows = [
        {"day": day.isoformat(), "starts": _start(day, zone), "ends": _start(_next(day), zone)}
        for day in days
    ]
    schema = pa.schema([("day", pa.string()), ("starts", pa.int64()), ("ends", pa.int64())])
    connection.from_arrow(pa.Table.from_pylist(rows, schema=schema)).create_view("days")


def _start(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def _next(day: date) -> date:
    return day + timedelta(days=1)
