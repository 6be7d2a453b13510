"""Each step of an uploading's life, done twice: as after a crash that lost the word of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from visitjoin.contract.goals import Condition, Goal, GoalId, call_goal
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.tables import VISIT
from visitjoin.contract.uploads import UploadStatus, UploadType
from visitjoin.prepare import prepare
from visitjoin.prepare.calls import prepare_calls
from visitjoin.receiver import Settings
from visitjoin.receiver.catalog.counters import create_counter
from visitjoin.receiver.catalog.goals import add_goal, delete_goal
from visitjoin.receiver.catalog.opening import open_catalog
from visitjoin.receiver.catalog.uploadings import (
    Accepted,
    Unfinished,
    outcome_counts,
    record,
    unfinished,
    uploading,
)
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visits import keep_visits
from visitjoin.receiver.life import Stores, carry_on, conclude, export, match
from visitjoin.receiver.spool import new_folder

CLIENT = "1700000000123456789"
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


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stores(tmp_path: Path, clock: Clock) -> Iterator[Stores]:
    settings = Settings(data=tmp_path)
    stores = Stores(
        settings=settings,
        catalog=open_catalog(settings.catalog),
        lake=Lake(settings.lake),
        clock=clock,
    )
    create_counter(stores.catalog, name="Shop", site="", time_zone_name="UTC", now=NOW)
    add_goal(stores.catalog, 1, GOAL)
    _visit(stores, "v1", BOUGHT - 60)
    yield stores
    stores.catalog.dispose()


def _visit(stores: Stores, visit_id: str, started_at: int) -> None:
    types = {"string": pl.String(), "bigint": pl.Int64(), "array<string>": pl.List(pl.String())}
    schema = {name: types[type_] for name, type_ in VISIT.items()}
    row = {"visit_id": visit_id, "client_id": CLIENT, "started_at": started_at}
    file = stores.settings.data / "visit.parquet"
    pl.DataFrame([row], schema=schema).write_parquet(file)
    keep_visits(stores.lake, file, counter_id=1)


def _accept(stores: Stores) -> Unfinished:
    """An uploading of three rows: one links, one is a stranger's, one is rejected."""
    folder = new_folder(stores.settings.spool)
    folder.source.write_text(
        "ClientId,Target,DateTime,Price,Currency\n"
        f"{CLIENT},order_paid,{BOUGHT},10,RUB\n"
        f"1700000000999999999,order_paid,{BOUGHT},20,RUB\n"
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
            type=UploadType.BASIC,
            client_id_type=None,
        ),
    )
    return unfinished(stores.catalog)[-1]


def _accept_calls(stores: Stores) -> Unfinished:
    """An uploading of two calls of the visitor: the first is dynamic, the second is static."""
    folder = new_folder(stores.settings.spool)
    folder.source.write_text(
        f"ClientId,DateTime,StaticCall\n{CLIENT},{BOUGHT},0\n{CLIENT},{BOUGHT},1\n",
        encoding="utf-8",
    )
    prepared = prepare_calls(
        folder.source, conversions=folder.conversions, rejects=folder.rejects, now=NOW
    )
    add_goal(stores.catalog, 1, call_goal("Call"))
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
            type=UploadType.CALLS,
            client_id_type=None,
            static_calls=prepared.static,
        ),
    )
    return unfinished(stores.catalog)[-1]


def _rows(stores: Stores, table: LakeTable) -> int:
    files = stores.lake.files(table, 1)
    return sum(pl.scan_parquet(file).select(pl.len()).collect().item() for file in files)


def _linked(stores: Stores) -> int | None:
    found = uploading(stores.catalog, 1, 1)
    assert found is not None
    return found.linked_quantity


def test_each_step_can_be_done_twice_and_counts_the_same(stores: Stores) -> None:
    accepted = _accept(stores)

    for step in (export, export, match, match, conclude, conclude):
        step(stores, accepted)

    assert _rows(stores, LakeTable.CONVERSIONS) == _rows(stores, LakeTable.LINKS) == 2
    assert _rows(stores, LakeTable.REJECTS) == 1
    counts = {outcome: n for outcome, n in outcome_counts(stores.catalog, 1).items() if n}
    assert counts == {Outcome.REJECTED: 1, Outcome.VISITOR_NOT_FOUND: 1, Outcome.LINKED: 1}


def test_each_step_of_calls_can_be_done_twice_too(stores: Stores) -> None:
    accepted = _accept_calls(stores)

    for step in (export, export, match, match, conclude, conclude):
        step(stores, accepted)

    tables = (LakeTable.CONVERSIONS, LakeTable.CALLS, LakeTable.LINKS)
    assert [_rows(stores, table) for table in tables] == [2, 2, 2]
    counts = {outcome: n for outcome, n in outcome_counts(stores.catalog, 1).items() if n}
    assert counts == {Outcome.STATIC_CALL: 1, Outcome.LINKED: 1}


@pytest.mark.parametrize("done", [[], [export], [export, match]])
def test_an_uploading_is_carried_on_from_wherever_it_stands(
    stores: Stores, done: list[object]
) -> None:
    accepted = _accept(stores)
    for step in (export, match)[: len(done)]:
        step(stores, accepted)

    (found,) = unfinished(stores.catalog)
    status = carry_on(stores, found)

    assert status is UploadStatus.PROCESSED
    assert _linked(stores) == 1
    assert unfinished(stores.catalog) == ()
    assert list(stores.settings.spool.iterdir()) == []


def test_a_repeat_has_the_cut_off_of_the_first_try(stores: Stores, clock: Clock) -> None:
    accepted = _accept(stores)
    export(stores, accepted)
    match(stores, accepted)
    stores.folder(accepted).links.unlink()  # as if we had died before they were complete
    clock.now += timedelta(days=60)  # by now the visit is outside the window

    links = stores.folder(accepted).links
    match(stores, accepted)

    assert "linked" in pl.read_parquet(links)["outcome"].to_list()


def test_links_that_were_computed_are_not_computed_again(stores: Stores) -> None:
    accepted = _accept(stores)
    export(stores, accepted)
    match(stores, accepted)
    delete_goal(stores.catalog, 1, 1, now=NOW)

    assert carry_on(stores, accepted) is UploadStatus.PROCESSED
    assert _linked(stores) == 1
