import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import polars as pl
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from visitjoin.contract.uploads import UploadingId
from visitjoin.receiver.lake import lake as lake_module
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable

HUGE = "18446744073709551615"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def _links(folder: Path, rows: int) -> Path:
    file = folder / f"{rows}.parquet"
    frame = pl.DataFrame({"row_no": range(1, rows + 1)}, schema={"row_no": pl.Int64()})
    shuffled = frame.sample(fraction=1, shuffle=True, seed=1)
    shuffled.with_columns(
        outcome=pl.lit("linked"), visit_id=pl.lit(HUGE), linked_by=pl.lit("YCLID")
    ).write_parquet(file)
    return file


def _row_numbers(lake: Lake, counter_id: int, uploading_id: int) -> list[int]:
    files = lake.files(LakeTable.LINKS, counter_id, uploading_id)
    if not files:
        return []
    found = pl.scan_parquet(files, hive_partitioning=False).sort("row_no").collect()
    assert set(found["uploading_id"]) == {uploading_id}
    return found["row_no"].to_list()


def test_the_same_append_twice_gives_the_rows_once(lake: Lake, tmp_path: Path) -> None:
    rows = _links(tmp_path, 5)

    for _ in range(2):
        lake.append(LakeTable.LINKS, {UploadingId(7): rows}, counter_id=1)

    assert _row_numbers(lake, 1, 7) == [1, 2, 3, 4, 5]


def test_an_append_that_died_between_two_slices_goes_on_after_the_last(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake_module, "SLICE", 10)
    rows = _links(tmp_path, 35)
    settled = Lake.settle

    def die_after_two(self: Lake, delta: DeltaTable) -> None:
        settled(self, delta)
        if delta.version() == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Lake, "settle", die_after_two)
    with pytest.raises(KeyboardInterrupt):
        lake.append(LakeTable.LINKS, {UploadingId(7): rows}, counter_id=1)
    monkeypatch.setattr(Lake, "settle", settled)
    assert len(_row_numbers(lake, 1, 7)) == 20

    lake.append(LakeTable.LINKS, {UploadingId(7): rows}, counter_id=1)

    assert _row_numbers(lake, 1, 7) == list(range(1, 36))


def test_an_append_that_another_makes_at_the_same_moment_is_refused(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = _links(tmp_path, 5)
    cut = lake_module._slice

    def overtaken(table: LakeTable) -> str:
        monkeypatch.undo()  # after our look, before our commit
        Lake(lake.url).append(LakeTable.LINKS, {UploadingId(7): rows}, counter_id=1)
        return cut(table)

    monkeypatch.setattr(lake_module, "_slice", overtaken)

    with pytest.raises(CommitFailedError):
        lake.append(LakeTable.LINKS, {UploadingId(7): rows}, counter_id=1)

    assert _row_numbers(lake, 1, 7) == [1, 2, 3, 4, 5]


def test_several_uploadings_go_in_one_commit_and_each_once(lake: Lake, tmp_path: Path) -> None:
    all_ = {UploadingId(number): _links(tmp_path, number) for number in range(3)}
    lake.append(LakeTable.LINKS, {UploadingId(1): all_[UploadingId(1)]}, counter_id=1)

    for _ in range(2):
        lake.append(LakeTable.LINKS, all_, counter_id=1)

    assert lake.open(LakeTable.LINKS).version() == 2
    assert [_row_numbers(lake, 1, number) for number in range(3)] == [[], [1], [1, 2]]


def test_what_was_appended_is_remembered_for_a_year_and_not_for_ever(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = 365 * 24 * 3600 * 1_000_000_000
    begun = time.time_ns()
    for uploading_id, age in ((7, 1.01 * year), (8, 0.99 * year)):
        monkeypatch.setattr(time, "time_ns", lambda age=age: int(begun - age))
        lake.append(LakeTable.LINKS, {UploadingId(uploading_id): _links(tmp_path, 1)}, counter_id=1)

    table = lake.open(LakeTable.LINKS)
    table.create_checkpoint()

    known = [DeltaTable(table.table_uri).transaction_version(f"links/{id_}") for id_ in (7, 8)]
    assert known == [None, 1]


def test_a_value_that_ends_a_line_for_some_readers_is_appended_as_any_other(
    lake: Lake, tmp_path: Path
) -> None:
    file = tmp_path / "odd.parquet"
    rows = pl.read_parquet(_links(tmp_path, 2))
    rows.with_columns(visit_id=pl.lit("9\x85\u2028")).write_parquet(file)
    # As a lake of an earlier version has it: the log holds the values of every column.
    lake.open(LakeTable.LINKS).alter.set_table_properties(
        {"delta.dataSkippingStatsColumns": "visit_id"}
    )

    lake.append(LakeTable.LINKS, {UploadingId(7): file}, counter_id=1)

    assert "\x85" in _log(lake)
    assert _row_numbers(lake, 1, 7) == [1, 2]


def test_no_identifier_comes_into_the_log(lake: Lake, tmp_path: Path) -> None:
    lake.append(LakeTable.LINKS, {UploadingId(7): _links(tmp_path, 2)}, counter_id=1)

    assert "uploading_id" in _log(lake)
    assert HUGE not in _log(lake)


def _log(lake: Lake) -> str:
    """What the newest commit says."""
    commits = Path(lake.url, LakeTable.LINKS, "_delta_log").glob("*.json")
    return max(commits).read_text(encoding="utf-8")


def test_many_may_append_at_once(lake: Lake, tmp_path: Path) -> None:
    ready = Barrier(4)

    def append(uploading_id: int) -> None:
        rows = _links(tmp_path, uploading_id)
        ready.wait()
        own = Lake(lake.url)
        own.append(LakeTable.LINKS, {UploadingId(uploading_id): rows}, counter_id=1)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(append, range(1, 5)))

    assert [len(_row_numbers(lake, 1, number)) for number in range(1, 5)] == [1, 2, 3, 4]


def test_rows_of_a_round_before_the_newest_are_not_appended_any_more(
    lake: Lake, tmp_path: Path
) -> None:
    for round_, number in ((2, 3), (1, 4), (3, 5)):
        lake.append(
            LakeTable.LINKS, {UploadingId(7): _links(tmp_path, number)}, counter_id=1, round_=round_
        )

    assert len(_row_numbers(lake, 1, 7)) == 3 + 5


def test_counters_and_uploadings_keep_to_their_own_files(lake: Lake, tmp_path: Path) -> None:
    for counter_id, uploading_id, rows in ((1, 7, 3), (1, 8, 4), (2, 9, 5)):
        lake.append(
            LakeTable.LINKS,
            {UploadingId(uploading_id): _links(tmp_path, rows)},
            counter_id=counter_id,
        )

    assert len(lake.files(LakeTable.LINKS, 1)) == 2
    assert len(lake.files(LakeTable.LINKS, 1, 8)) == 1
    assert lake.files(LakeTable.LINKS, 3) == []
    assert _row_numbers(lake, 1, 8) == [1, 2, 3, 4]


def test_an_uploading_without_rows_adds_nothing(lake: Lake, tmp_path: Path) -> None:
    lake.append(LakeTable.LINKS, {UploadingId(7): _links(tmp_path, 0)}, counter_id=1)

    assert lake.files(LakeTable.LINKS, 1) == []
