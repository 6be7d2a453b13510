"""The tables are kept in shape beside a receiver that works on them, and no answer changes."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from deltalake.exceptions import CommitFailedError

from tests.receiver.conftest import CLIENT, STRANGER, Json, Receiver
from visitjoin.contract.errors import SettingError
from visitjoin.contract.tables import VISIT
from visitjoin.contract.uploads import UploadingId
from visitjoin.receiver import Settings
from visitjoin.receiver.backup.checking import check
from visitjoin.receiver.catalog.copying import as_it_is
from visitjoin.receiver.lake.compacting import compact, tidy
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visits import keep_visits
from visitjoin.receiver.upkeep import Upkeep, tend

BOUGHT = 1773999000
DAY = timedelta(days=1)


def _uploaded(receiver: Receiver, path: str, *prices: int) -> list[Json]:
    """Uploadings of two rows each: one links and one is a stranger's."""
    return [
        receiver.ended(
            path,
            receiver.upload(
                path,
                f"{CLIENT},order_paid,{BOUGHT + price},{price},RUB",
                f"{STRANGER},order_paid,{BOUGHT},{price},RUB",
            ),
        )
        for price in prices
    ]


def _answers(receiver: Receiver, path: str, uploadings: list[Json]) -> list[Json]:
    ours = path.replace("management", "visitjoin")
    outcomes = [f"{ours}/uploading/{uploading['id']}/outcomes" for uploading in uploadings]
    return [receiver.call("GET", asked) for asked in (f"{ours}/report", *outcomes)]


def test_many_small_files_become_one_and_every_answer_stays(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT - 60},ad")
    uploadings = _uploaded(receiver, path, 100, 200, 300)
    before = _answers(receiver, path, uploadings)

    tended = {table.table: table for table in tend(receiver.settings, Upkeep())}

    assert (tended["conversions"].files_before, tended["conversions"].files_after) == (3, 1)
    assert (tended["links"].files_before, tended["links"].files_after) == (3, 1)
    assert _answers(receiver, path, uploadings) == before
    uploadings += _uploaded(receiver, path, 400)  # and it goes on
    assert uploadings[-1]["linked_quantity"] == 1


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def _links(folder: Path, rows: int) -> Path:
    file = folder / "links.parquet"
    pl.DataFrame({"row_no": range(1, rows + 1)}, schema={"row_no": pl.Int64()}).with_columns(
        outcome=pl.lit("linked"), visit_id=pl.lit("v1"), linked_by=pl.lit("YCLID")
    ).write_parquet(file)
    return file


def _visits(folder: Path, *ids: str) -> Path:
    types = {"string": pl.String(), "bigint": pl.Int64(), "array<string>": pl.List(pl.String())}
    schema = {name: types[type_] for name, type_ in VISIT.items()}
    file = folder / "visits.parquet"
    rows = [{"visit_id": id_, "started_at": BOUGHT, "client_id": CLIENT} for id_ in ids]
    pl.DataFrame(rows, schema=schema).write_parquet(file)
    return file


def _rows(files: list[str]) -> int:
    return int(pl.scan_parquet(files).select(pl.len()).collect().item())


def test_what_was_appended_is_still_known_after_the_log_was_shortened(
    lake: Lake, tmp_path: Path
) -> None:
    rows = _links(tmp_path, 5)
    for number in (7, 8):
        lake.append(LakeTable.LINKS, {UploadingId(number): rows}, counter_id=1)

    compact(lake, LakeTable.LINKS)
    tidy(lake, LakeTable.LINKS, replaced=timedelta(0))
    for number in (7, 8):
        lake.append(LakeTable.LINKS, {UploadingId(number): rows}, counter_id=1)

    (file,) = lake.files(LakeTable.LINKS, 1)
    assert _rows([file]) == 10


def test_a_file_that_was_replaced_stays_for_who_reads_it(lake: Lake, tmp_path: Path) -> None:
    rows = _links(tmp_path, 5)
    for number in (7, 8):
        lake.append(LakeTable.LINKS, {UploadingId(number): rows}, counter_id=1)
    reading = lake.files(LakeTable.LINKS, 1)
    written = Path(reading[0]).with_name("of-an-import-that-is-not-committed.parquet")
    written.write_bytes(b"")

    compact(lake, LakeTable.LINKS)
    removed = tidy(lake, LakeTable.LINKS, replaced=timedelta(hours=1))

    assert (removed, _rows(reading)) == (0, 10)
    assert written.exists()
    assert tidy(lake, LakeTable.LINKS, replaced=timedelta(0)) == 3


def test_a_compaction_gives_way_to_an_import_and_not_to_an_append(
    lake: Lake, tmp_path: Path
) -> None:
    for number in (7, 8):
        lake.append(LakeTable.LINKS, {UploadingId(number): _links(tmp_path, 5)}, counter_id=1)
        keep_visits(lake, _visits(tmp_path, f"v{number}"), counter_id=1)
    links, visits = lake.open(LakeTable.LINKS), lake.open(LakeTable.VISITS)
    lake.append(LakeTable.LINKS, {UploadingId(9): _links(tmp_path, 3)}, counter_id=1)
    keep_visits(lake, _visits(tmp_path, "v7"), counter_id=1)

    links.optimize.compact()
    with pytest.raises(CommitFailedError):
        visits.optimize.compact()

    assert _rows(lake.files(LakeTable.LINKS, 1)) == 13
    assert _rows(lake.files(LakeTable.VISITS, 1)) == 2


def test_old_uploadings_are_forgotten_whole_and_young_ones_stay(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT - 60},ad", f"v0,{CLIENT},1700000000,ad")
    old = _uploaded(receiver, path, 100, 200)
    receiver.clock.advance(30 * DAY)
    young = _uploaded(receiver, path, 300)
    kept = _answers(receiver, path, young)[1]

    for _ in range(2):  # as after a failure
        tend(receiver.settings, Upkeep(keep=29 * DAY), clock=receiver.clock)

    (report, *forgotten), (_, outcomes) = (_answers(receiver, path, each) for each in (old, young))
    assert [one["outcomes"] for one in forgotten] == [[], []]
    assert [one["counts"]["linked"] for one in forgotten] == [1, 1]  # what became of them stays
    assert outcomes == kept
    assert sum(row["conversions"] for row in report["report"]) == 0  # the young one did not link
    lake = Lake(receiver.settings.lake)
    assert _rows(lake.files(LakeTable.VISITS, 1)) == 1
    with as_it_is(receiver.settings.catalog) as catalog:
        checked = check(catalog, lake, receiver.settings.spool)
    assert (checked.forgotten, checked.faults) == (2, ())


def test_an_uploading_on_its_way_is_not_forgotten_nor_any_after_it(receiver: Receiver) -> None:
    path = receiver.shop()
    first = _uploaded(receiver, path, 100)
    lake = receiver.client.app.state.worker.stores.lake
    with lake.writing:  # the worker cannot begin
        waiting = receiver.upload(path, f"{CLIENT},order_paid,{BOUGHT},1,RUB")
        receiver.clock.advance(60 * DAY)
        tend(receiver.settings, Upkeep(keep=30 * DAY), clock=receiver.clock)
    ended = receiver.ended(path, waiting)

    outcomes = [one["outcomes"] for one in _answers(receiver, path, [*first, ended])[1:]]
    assert [len(rows) for rows in outcomes] == [0, 1]


@pytest.mark.parametrize(
    ("upkeep", "message"),
    [
        (Upkeep(keep=20 * DAY), "at least 21 days"),
        (Upkeep(replaced=timedelta(minutes=1)), "at least 1 hour"),
    ],
)
def test_what_is_still_needed_is_not_removed(
    settings: Settings, upkeep: Upkeep, message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        tend(settings, upkeep)
