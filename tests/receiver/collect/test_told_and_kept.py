"""Conversions that wait are told of visits now and then, and old hits go."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from tests.receiver.conftest import NOW, TOKEN, MovableClock
from visitjoin.contract.counters import CollectionSettings
from visitjoin.receiver.catalog.counters import create_counter
from visitjoin.receiver.catalog.opening import open_catalog
from visitjoin.receiver.collect.journal_file import JournalFile
from visitjoin.receiver.config import Settings
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visits import imports_of_visits
from visitjoin.receiver.work.hits import HitsWork
from visitjoin.receiver.work.stores import Stores

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def stores(tmp_path: Path, clock: MovableClock) -> Stores:
    settings = Settings(data=tmp_path, admin_token=TOKEN)
    catalog = open_catalog(settings.catalog)
    kept = CollectionSettings(hits_days=30)
    create_counter(catalog, name="Shop", site="", time_zone_name="UTC", now=NOW, collection=kept)
    return Stores(settings=settings, catalog=catalog, lake=Lake(settings.lake), clock=clock)


@pytest.fixture
def bring(stores: Stores) -> Callable[[str], None]:
    """Lets a visitor come, as a process did that is dead by now."""
    number = 0

    def brought(client: str) -> None:
        nonlocal number
        number += 1
        now = int(stores.clock().timestamp())
        line = (
            f'{{"counter_id":1,"client_id":"{client}","type":"pageview","happened_at":{now},'
            f'"received_ms":{now * 1000},"hit_id":"h{number}"}}\n'
        )
        file = JournalFile(stores.settings.hits, f"dead{number}")
        file.append([line.encode()])
        file.seal()

    return brought


def test_conversions_that_wait_are_told_of_visits_every_ten_minutes_at_most(
    stores: Stores, clock: MovableClock, bring: Callable[[str], None]
) -> None:
    work = HitsWork(stores)
    told = []
    for wait in (0, 1, 8, 2, 20):
        clock.advance(timedelta(minutes=wait))
        if wait < 20:  # by the last time nobody has come, and nothing is left to be told
            bring(f"{100 + wait}")
        work.carry_on()
        told.append(imports_of_visits(stores.lake, 1))

    assert told == [1, 1, 1, 2, 2]


def test_visits_are_told_though_the_process_died_before(
    stores: Stores, clock: MovableClock, bring: Callable[[str], None]
) -> None:
    work = HitsWork(stores)
    bring("101")
    work.carry_on()
    clock.advance(timedelta(minutes=1))
    bring("102")
    work.carry_on()

    HitsWork(stores).carry_on()

    assert imports_of_visits(stores.lake, 1) == 2


def test_hits_are_kept_as_long_as_the_counter_says_and_their_visits_stay(
    stores: Stores, clock: MovableClock, bring: Callable[[str], None]
) -> None:
    work = HitsWork(stores)
    bring("101")
    work.carry_on()
    clock.advance(timedelta(days=31))
    bring("102")

    work.carry_on()

    assert _clients(stores, LakeTable.HITS) == ["102"]
    assert _clients(stores, LakeTable.VISITS) == ["101", "102"]


def _clients(stores: Stores, table: LakeTable) -> list[str]:
    found = pa.table(stores.lake.open(table).scan(columns=["client_id"]).read_all())
    return sorted(found["client_id"].to_pylist())
