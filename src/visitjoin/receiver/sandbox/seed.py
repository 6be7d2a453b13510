"""With what does a sandbox begin? A shop's counter, its goals and its visits, all invented.

Tracking has been on for longer than the window is wide, so that uploads are taken at once and all
21 days are open. Every kind of identifier finds a visit, and one visit is too old to be found.
"""

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from visitjoin.contract.goals import own_goal
from visitjoin.contract.sandbox import SeededVisit
from visitjoin.contract.uploads import UploadType
from visitjoin.contract.window import WINDOW
from visitjoin.disk.scratch import scratch
from visitjoin.prepare.visits import prepare_visits
from visitjoin.receiver.catalog.counters import create_counter
from visitjoin.receiver.catalog.goals import add_goal
from visitjoin.receiver.catalog.tracking import enable_tracking
from visitjoin.receiver.lake.visits import keep_visits
from visitjoin.receiver.work.stores import Stores

GOALS: Final = {"order_paid": "Order paid", "deal_closed": "Deal closed"}
"""Names by identifier."""

ZONE: Final = ZoneInfo("Europe/Moscow")

_TRACKED_FOR: Final = WINDOW + timedelta(days=9)

# ClientID as the tag makes it: the Unix second of the first visit, then a random number.
_OF_THE_AD: Final = "1793200000123456789"


def seeded_visits(now: datetime) -> tuple[SeededVisit, ...]:
    """The visits that a sandbox begins with, the newest last. now: aware."""

    def visit(days_ago: float, client_id: str, traffic_source: str, **more: str) -> SeededVisit:
        started = (now - timedelta(days=days_ago)).replace(microsecond=0)
        return SeededVisit(
            visit_id=f"visit-{days_ago:g}-days-ago" if days_ago >= 1 else "visit-of-today",
            started_at=started,
            client_id=client_id,
            traffic_source=traffic_source,
            **more,
        )

    return (
        visit(25, "1792000000623456785", "ad"),  # out of the window
        visit(20, "1792200000723456784", "email", user_id="crm-101"),
        visit(10, _OF_THE_AD, "ad", yclid="9715500000000000321"),
        visit(8, "1793400000323456782", "social", user_id="crm-204"),
        visit(5, "1793600000523456784", "ad", purchase_id="A-1042"),
        visit(3, "1793700000823456787", "organic"),
        visit(1, "1793500000423456783", "messenger", user_id="crm-204"),
        visit(0.25, _OF_THE_AD, "direct"),
    )


def seed(stores: Stores, now: datetime) -> int:
    """Fill an empty receiver as of a moment, aware. Returns the id of its counter."""
    counter = create_counter(
        stores.catalog,
        name="Example shop",
        site="shop.example",
        time_zone_name=ZONE.key,
        now=now - _TRACKED_FOR,
    )
    for target, name in GOALS.items():
        add_goal(stores.catalog, counter.id, own_goal(target, name))
    for type_ in (UploadType.BASIC, UploadType.CALLS):
        enable_tracking(stores.catalog, counter.id, type_, since=now - _TRACKED_FOR)
    with scratch() as folder:
        _write(seeded_visits(now), table := folder / "visits.csv")
        prepare_visits(table, visits=(rows := folder / "visits.parquet"), rejects=None, zone=ZONE)
        keep_visits(stores.lake, rows, counter_id=counter.id)
    return counter.id


def _write(visits: tuple[SeededVisit, ...], path: Path) -> None:
    headers = [name for name in SeededVisit.__struct_fields__ if name != "purchase_id"]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*headers, "purchase_ids"])
        for visit in visits:
            cells = [getattr(visit, name) for name in headers]
            cells[headers.index("started_at")] = visit.started_at.isoformat()
            rows.writerow([*cells, visit.purchase_id])
