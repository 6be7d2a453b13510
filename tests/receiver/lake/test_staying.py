"""Who stays with the tables for a while is told what who comes and goes is told."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from visitjoin.contract.uploads import UploadingId
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def _links(folder: Path) -> Path:
    file = folder / "links.parquet"
    row = {"row_no": 1, "outcome": "linked", "visit_id": "1", "linked_by": "YCLID"}
    pl.DataFrame([row]).write_parquet(file)
    return file


def test_what_another_process_appended_is_not_appended_again(lake: Lake, tmp_path: Path) -> None:
    rows, other = _links(tmp_path), Lake(lake.url)
    with lake.staying():
        lake.append(LakeTable.LINKS, {UploadingId(7): rows}, counter_id=1)
        other.append(LakeTable.LINKS, {UploadingId(8): rows}, counter_id=1)

        lake.append(LakeTable.LINKS, {UploadingId(8): rows}, counter_id=1)

        assert lake.open(LakeTable.LINKS).version() == 2
        assert len(lake.files(LakeTable.LINKS, 1)) == 2


def test_a_name_that_one_question_gave_is_free_for_the_next(lake: Lake) -> None:
    with lake.staying():
        for answer in (1, 2):
            with lake.connect() as connection:
                connection.execute(f"create view links as select {answer} as answer")
                assert connection.execute("from links").fetchall() == [(answer,)]


def test_a_question_that_failed_leaves_the_engine_to_the_next(lake: Lake) -> None:
    with lake.staying():
        with pytest.raises(duckdb.Error), lake.connect() as connection:
            connection.execute("from nowhere")
        with lake.connect() as connection:
            assert connection.execute("select 1").fetchall() == [(1,)]
