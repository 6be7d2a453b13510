"""A catalog and a lake with an uploading in them, without a server that runs over them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from visitjoin.contract.goals import Condition, Goal, GoalId, own_goal
from visitjoin.contract.tables import VISIT
from visitjoin.contract.uploads import UploadingId, UploadStatus, UploadType
from visitjoin.prepare import Prepared, prepare
from visitjoin.prepare.calls import PreparedCalls, prepare_calls
from visitjoin.receiver import Settings
from visitjoin.receiver.catalog.counters import create_counter
from visitjoin.receiver.catalog.goals import add_goal
from visitjoin.receiver.catalog.opening import open_catalog
from visitjoin.receiver.catalog.progress import progress, progresses
from visitjoin.receiver.catalog.uploadings import Accepted, record, uploading
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visits import keep_visits
from visitjoin.receiver.work.alive import leave
from visitjoin.receiver.work.leasing import leased
from visitjoin.receiver.work.life import Lot, Step, carry_on
from visitjoin.receiver.work.spool import Folder, new_folder
from visitjoin.receiver.work.stores import Stores

CLIENT = "1700000000123456789"
STRANGER = "1700000000999999999"
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
BOUGHT = int((NOW - timedelta(days=1)).timestamp())
GOAL = Goal(
    id=GoalId(0),
    name="Order paid",
    type="action",
    conditions=(Condition(type="exact", url="order_paid"),),
)


class Clock:
    """Answers the moment that the test has set."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def opened(data: Path, clock: Clock, catalog_url: str | None = None) -> Iterator[Stores]:
    """A counter with a goal and a visit."""
    settings = Settings(data=data, catalog_url=catalog_url)
    stores = Stores(
        settings=settings,
        catalog=open_catalog(settings.catalog),
        lake=Lake(settings.lake),
        clock=clock,
    )
    create_counter(stores.catalog, name="Shop", site="", time_zone_name="UTC", now=NOW)
    add_goal(stores.catalog, 1, GOAL)
    visit(stores, "v1", BOUGHT - 60)
    try:
        yield stores
    finally:
        stores.catalog.dispose()
        leave(data)


def visit(stores: Stores, visit_id: str, started_at: int, *, client_id: str = CLIENT) -> None:
    """Import one visit."""
    types = {"string": pl.String(), "bigint": pl.Int64(), "array<string>": pl.List(pl.String())}
    schema = {name: types[type_] for name, type_ in VISIT.items()}
    row = {"visit_id": visit_id, "client_id": client_id, "started_at": started_at}
    file = stores.settings.data / "visit.parquet"
    pl.DataFrame([row], schema=schema).write_parquet(file)
    keep_visits(stores.lake, file, counter_id=1)


def accept(stores: Stores) -> None:
    """An uploading of three rows: one links, one is a stranger's, one is rejected."""
    folder = new_folder(stores.settings.spool)
    folder.source.write_text(
        "ClientId,Target,DateTime,Price,Currency\n"
        f"{CLIENT},order_paid,{BOUGHT},10,RUB\n"
        f"{STRANGER},order_paid,{BOUGHT},20,RUB\n"
        f",order_paid,{BOUGHT},30,RUB\n",
        encoding="utf-8",
    )
    prepared = prepare(
        folder.source,
        conversions=folder.conversions,
        rejects=folder.rejects,
        now=NOW,
        zone=ZoneInfo("UTC"),
    )
    _record(stores, folder, prepared, UploadType.BASIC)


def accept_calls(stores: Stores, *, client_id: str = CLIENT) -> None:
    """An uploading of two calls of the visitor: the first is dynamic, the second is static."""
    folder = new_folder(stores.settings.spool)
    folder.source.write_text(
        f"ClientId,DateTime,StaticCall\n{client_id},{BOUGHT},0\n{client_id},{BOUGHT},1\n",
        encoding="utf-8",
    )
    prepared = prepare_calls(
        folder.source, conversions=folder.conversions, rejects=folder.rejects, now=NOW
    )
    add_goal(stores.catalog, 1, own_goal("offline_call", "Call"))
    _record(stores, folder, prepared, UploadType.CALLS)


def _record(stores: Stores, folder: Folder, prepared: Prepared, type_: UploadType) -> None:
    record(
        stores.catalog,
        Accepted(
            counter_id=1,
            folder=folder.name,
            created_at=NOW,
            tracked_since=NOW - timedelta(days=60),
            source_quantity=prepared.rows,
            line_quantity=prepared.accepted,
            comment="",
            type=type_,
            client_id_type=None,
            static_calls=prepared.static if isinstance(prepared, PreparedCalls) else None,
        ),
    )


def rows(stores: Stores, table: LakeTable) -> int:
    files = stores.lake.files(table, 1)
    return sum(pl.scan_parquet(file).select(pl.len()).collect().item() for file in files)


def linked(stores: Stores) -> int | None:
    found = uploading(stores.catalog, 1, 1)
    assert found is not None
    return found.linked_quantity


def do(stores: Stores, step: Step) -> None:
    """Do a step of the uploading, wherever it stands."""
    with leased(stores, [UploadingId(1)]) as leases:
        step(stores, Lot(progresses(stores.catalog, leases), leases))


def carried_on(stores: Stores) -> UploadStatus:
    """Take the uploading to its last status, and return that."""
    with leased(stores, [UploadingId(1)]) as leases:
        carry_on(stores, leases)
    return progress(stores.catalog, 1).status
