"""Killed in every step of an uploading's life, a receiver brings it to one and the same end.

Each process carries on with what the one before it left, and dies at the next point.
"""

import secrets
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest
from deltalake import DeltaTable

from tests.e2e.mortal_receiver import MortalReceiver, Point
from tests.postgresql import Server

BOUGHT: Final = int((datetime.now(UTC) - timedelta(hours=2)).timestamp())
KNOWN, STRANGER, LATE = "1700000000123456789", "1700000000999999999", "1700000000222222222"
DEALS: Final = (
    "ClientId,Target,DateTime,Price,Currency\n"
    f"{KNOWN},order_paid,{BOUGHT},10,RUB\n"
    f"{LATE},order_paid,{BOUGHT},20,RUB\n"
    f"{STRANGER},order_paid,{BOUGHT},30,RUB\n"
    f"{KNOWN},nothing,{BOUGHT},40,RUB\n"
    f"1.7E+18,order_paid,{BOUGHT},50,RUB\n"
)
TABLES: Final = ("conversions", "links", "rejects")
FIRST: Final = {"linked": 1, "visitor_not_found": 2, "goal_not_found": 1, "rejected": 1}
LAST: Final = FIRST | {"linked": 2, "visitor_not_found": 1}

LIFE: Final = [
    Point("before", "lake.lake:Lake.append", 1),  # the conversions
    Point("after", "lake.lake:write_deltalake", 1),  # they are there, and not yet synced
    Point("after", "lake.lake:Lake.settle", 1),
    Point("after", "lake.lake:Lake.append", 2),  # the rejects
    Point("before", "work.life:advance"),  # to EXPORTED
    Point("after", "work.life:advance"),
    Point("after", "work.life:begin_linking"),
    Point("after", "work.life:link"),
    Point("after", "work.life:_link"),  # the links are in their place
    Point("after", "lake.lake:write_deltalake", 1),
    Point("before", "work.life:advance"),  # to MATCHED
    Point("after", "work.life:advance"),
    Point("after", "work.life:concluded"),
    Point("before", "work.life:conclude"),  # the folder is gone
    Point("after", "work.life:conclude"),
]
"""In the order of the life, so that each is still ahead when a process dies at it."""

LATE_VISIT: Final = [
    Point("before", "work.late:write_open_rows"),
    Point("after", "work.life:link"),
    Point("after", "work.late:write_late_links"),
    Point("after", "lake.lake:write_deltalake"),
    Point("before", "work.late:conclude"),
    Point("after", "work.late:conclude"),
]


def _visits(*visitors: str) -> str:
    rows = (f"v{visitor},{visitor},{BOUGHT - 60},ad\n" for visitor in visitors)
    return "visit_id,client_id,started_at,traffic_source\n" + "".join(rows)


def _set_up(receiver: MortalReceiver) -> None:
    receiver.call("POST", "/management/v1/counters", json={"counter": {"name": "Shop"}})
    conditions = [{"type": "exact", "url": "order_paid"}]
    goal = {"name": "Order paid", "type": "action", "conditions": conditions}
    receiver.call("POST", f"{receiver.path}/goals", json={"goal": goal})
    enable = f"{receiver.path}/offline_conversions/extended_threshold"
    receiver.call("POST", enable, params={"since": "2026-01-01"})
    receiver.visits(_visits(KNOWN))


def _rows_in_lake(data: Path, table: str) -> int:
    files = DeltaTable(str(data / "lake" / table)).file_uris()
    found = pl.scan_parquet(files, hive_partitioning=False)
    return int(found.select(pl.len()).collect().item())


def _is_last(uploading: Any) -> bool:  # noqa: ANN401 - JSON
    return uploading["status"] in ("PROCESSED", "LINKAGE_FAILURE")


def _is_mended(uploading: Any) -> bool:  # noqa: ANN401 - JSON
    return bool(uploading["linked_quantity"] == 2)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[MortalReceiver]:
    receiver = MortalReceiver(tmp_path / "data", secrets.token_urlsafe(24))
    yield receiver
    receiver.kill()


def test_killed_at_every_point_uploadings_are_there_once(receiver: MortalReceiver) -> None:
    receiver.start(LIFE[0])
    _set_up(receiver)
    receiver.upload(DEALS, DEALS)
    assert receiver.died()
    for point in LIFE[1:]:
        receiver.start(point)
        assert receiver.died(), point

    receiver.start()
    ended = [receiver.when(number, _is_last) for number in (1, 2)]

    assert {(one["status"], one["linked_quantity"]) for one in ended} == {("PROCESSED", 1)}
    assert receiver.counts(1) == receiver.counts(2) == FIRST
    assert [_rows_in_lake(receiver.data, table) for table in TABLES] == [8, 8, 2]
    assert list((receiver.data / "spool").iterdir()) == []


def test_killed_at_every_point_a_late_visit_is_linked_once(receiver: MortalReceiver) -> None:
    receiver.start()
    _set_up(receiver)
    receiver.upload(DEALS, DEALS)
    receiver.when(2, _is_last)
    receiver.kill()
    receiver.start(LATE_VISIT[0])
    receiver.visits(_visits(LATE))
    assert receiver.died()
    for point in LATE_VISIT[1:]:
        receiver.start(point)
        assert receiver.died(), point

    receiver.start()
    receiver.when(2, _is_mended)

    assert receiver.counts(1) == receiver.counts(2) == LAST
    assert _rows_in_lake(receiver.data, "late_links") == 2
    assert _rows_in_lake(receiver.data, "links") == 8
    assert list((receiver.data / "spool").iterdir()) == []


@pytest.fixture
def other(receiver: MortalReceiver) -> Iterator[MortalReceiver]:
    """Another receiver over the same catalog, lake and folder."""
    other = replace(receiver)
    yield other
    other.kill()


def test_where_one_of_two_is_killed_the_other_ends_its_work(
    receiver: MortalReceiver, other: MortalReceiver, postgresql: Server
) -> None:
    receiver.catalog_url = other.catalog_url = postgresql.new_database("killed")
    receiver.start(Point("after", "work.life:link"), number=signal.SIGSTOP)
    _set_up(receiver)
    receiver.upload(DEALS)
    receiver.fell_asleep()
    other.start()

    receiver.kill()

    other.when(1, _is_last)
    assert other.counts(1) == FIRST
    assert [_rows_in_lake(other.data, table) for table in TABLES] == [4, 4, 1]


def test_who_sleeps_between_its_look_and_its_commit_doubles_nothing(
    receiver: MortalReceiver, other: MortalReceiver
) -> None:
    _sleep(receiver, other, Point("before", "lake.lake:write_deltalake"))

    receiver.wake_up(until="uploading_put_off")

    assert receiver.counts(1) == other.counts(1) == FIRST
    assert [_rows_in_lake(other.data, table) for table in TABLES] == [4, 4, 1]


def test_who_slept_through_its_lease_writes_nothing_down(
    receiver: MortalReceiver, other: MortalReceiver, postgresql: Server
) -> None:
    receiver.catalog_url = other.catalog_url = postgresql.new_database("slept")
    _sleep(receiver, other, Point("before", "work.life:advance"))

    receiver.wake_up(until="lease_lost")

    assert other.uploading(1)["status"] == "PROCESSED"
    assert receiver.counts(1) == other.counts(1) == FIRST


def _sleep(receiver: MortalReceiver, other: MortalReceiver, point: Point) -> None:
    """One falls asleep at a point, and the other does its work."""
    receiver.start(point, number=signal.SIGSTOP)
    _set_up(receiver)
    receiver.upload(DEALS)
    receiver.fell_asleep()
    other.start()
    other.when(1, _is_last)
