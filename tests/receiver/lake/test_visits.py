from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import polars as pl
import pytest

from visitjoin.contract.tables import VISIT
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visits import imports_of_visits, keep_visits


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def _table(folder: Path, *rows: tuple[str, int, str]) -> Path:
    """A table of visits: visit_id, started_at, traffic_source."""
    texts = [name for name, type_ in VISIT.items() if type_ == "string"]
    schema = dict.fromkeys(texts, pl.String()) | {
        "started_at": pl.Int64(),
        "ended_at": pl.Int64(),
        "purchase_ids": pl.List(pl.String()),
    }
    frame = pl.DataFrame(
        [
            {"visit_id": id_, "started_at": at, "traffic_source": source, "purchase_ids": ["A"]}
            for id_, at, source in rows
        ],
        schema=schema,
    )
    file = folder / "visits.parquet"
    frame.write_parquet(file)
    return file


def _kept(lake: Lake, counter_id: int) -> list[tuple[str, int, str]]:
    files = lake.files(LakeTable.VISITS, counter_id)
    found = pl.scan_parquet(files, hive_partitioning=False).sort("visit_id")
    return found.select("visit_id", "started_at", "traffic_source").collect().rows()


def test_visits_imported_twice_are_there_once(lake: Lake, tmp_path: Path) -> None:
    table = _table(tmp_path, ("v1", 100, "ad"), ("v2", 200, "organic"))

    assert keep_visits(lake, table, counter_id=1) == 2
    assert keep_visits(lake, table, counter_id=1) == 0

    assert _kept(lake, 1) == [("v1", 100, "ad"), ("v2", 200, "organic")]


def test_the_newest_import_of_a_visit_stays(lake: Lake, tmp_path: Path) -> None:
    keep_visits(lake, _table(tmp_path, ("v1", 100, "ad"), ("v2", 200, "ad")), counter_id=1)

    new = keep_visits(lake, _table(tmp_path, ("v1", 150, "email"), ("v3", 9, "ad")), counter_id=1)

    assert new == 1
    assert _kept(lake, 1) == [("v1", 150, "email"), ("v2", 200, "ad"), ("v3", 9, "ad")]


def test_of_repeats_in_one_table_the_last_stays(lake: Lake, tmp_path: Path) -> None:
    table = _table(tmp_path, ("v1", 100, "ad"), ("v1", 150, "email"), ("v1", 120, "organic"))

    assert keep_visits(lake, table, counter_id=1) == 1

    assert _kept(lake, 1) == [("v1", 120, "organic")]


def test_counters_with_the_same_visit_ids_do_not_mix(lake: Lake, tmp_path: Path) -> None:
    keep_visits(lake, _table(tmp_path, ("v1", 100, "ad")), counter_id=1)

    assert keep_visits(lake, _table(tmp_path, ("v1", 700, "email")), counter_id=2) == 1
    assert keep_visits(lake, _table(tmp_path, ("v1", 800, "email")), counter_id=2) == 0

    assert _kept(lake, 1) == [("v1", 100, "ad")]
    assert _kept(lake, 2) == [("v1", 800, "email")]


def test_files_that_were_read_before_an_import_stay_readable(lake: Lake, tmp_path: Path) -> None:
    keep_visits(lake, _table(tmp_path, ("v1", 100, "ad")), counter_id=1)
    before = lake.files(LakeTable.VISITS, 1)

    keep_visits(lake, _table(tmp_path, ("v1", 150, "email")), counter_id=1)

    assert all(Path(file).exists() for file in before)
    assert lake.files(LakeTable.VISITS, 1) != before


def test_other_readers_of_delta_tables_see_the_same_visits(lake: Lake, tmp_path: Path) -> None:
    keep_visits(lake, _table(tmp_path, ("v1", 100, "ad"), ("v2", 200, "ad")), counter_id=1)
    keep_visits(lake, _table(tmp_path, ("v1", 150, "email")), counter_id=1)
    keep_visits(lake, _table(tmp_path, ("v1", 700, "email")), counter_id=2)

    delta = lake.open(LakeTable.VISITS)
    found = pl.DataFrame(delta.scan().read_all())

    assert delta.count() == 3
    assert sorted(found.select("counter_id", "visit_id", "started_at").rows()) == [
        (1, "v1", 150),
        (1, "v2", 200),
        (2, "v1", 700),
    ]
    assert found["purchase_ids"].to_list() == [["A"]] * 3


def test_an_import_without_visits_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    keep_visits(lake, _table(tmp_path, ("v1", 100, "ad")), counter_id=1)
    version = lake.open(LakeTable.VISITS).version()

    assert keep_visits(lake, _table(tmp_path), counter_id=1) == 0

    assert lake.open(LakeTable.VISITS).version() == version


def test_imports_at_the_same_moment_keep_each_visit_once_and_are_all_counted(
    lake: Lake, tmp_path: Path
) -> None:
    keep_visits(lake, _table(tmp_path, ("v1", 100, "ad")), counter_id=1)
    ready = Barrier(3)

    def import_(number: int) -> int:
        folder = tmp_path / str(number)
        folder.mkdir()
        table = _table(folder, ("v1", number, "ad"), ("v2", 200, "ad"))
        ready.wait()
        return keep_visits(Lake(lake.url), table, counter_id=1)

    with ThreadPoolExecutor(3) as threads:
        new = list(threads.map(import_, range(3)))

    assert sorted(new) == [0, 0, 1]
    assert [visit_id for visit_id, _, _ in _kept(lake, 1)] == ["v1", "v2"]
    assert imports_of_visits(lake, 1) == 4
