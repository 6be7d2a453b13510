"""Small uploadings are worked on together, and nobody can tell from what becomes of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.receiver.uploaded import BOUGHT, Clock, accept, opened, rows, visit
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.uploads import UploadingId, UploadStatus
from visitjoin.receiver.catalog.progress import Progress, progress, unfinished
from visitjoin.receiver.catalog.uploadings import outcome_counts
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.work import lots
from visitjoin.receiver.work.lots import in_lots
from visitjoin.receiver.work.stores import Stores
from visitjoin.receiver.work.worker import Worker


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with opened(tmp_path, Clock()) as stores:
        accept(stores)
        yield stores


@pytest.fixture
def one(stores: Stores) -> Progress:
    return progress(stores.catalog, 1)


def _numbered(one: Progress, *, counters: list[int], rows: list[int]) -> list[Progress]:
    pairs = enumerate(zip(counters, rows, strict=True), start=1)
    return [
        replace(one, id=UploadingId(number), counter_id=counter_id, source_quantity=quantity)
        for number, (counter_id, quantity) in pairs
    ]


def _ids(waiting: list[Progress]) -> list[list[int]]:
    return [[uploading.id for uploading in lot] for lot in in_lots(waiting)]


def test_a_lot_is_of_one_counter_and_stands_where_its_oldest_does(one: Progress) -> None:
    assert _ids(_numbered(one, counters=[7, 8, 7, 8], rows=[5] * 4)) == [[1, 3], [2, 4]]


def test_a_large_uploading_goes_alone(one: Progress) -> None:
    assert _ids(_numbered(one, counters=[7] * 3, rows=[5, 1_000_000, 5])) == [[1, 3], [2]]


def test_what_stands_elsewhere_is_in_another_lot(one: Progress) -> None:
    further = replace(one, id=UploadingId(2), status=UploadStatus.MATCHED)

    assert _ids([one, further]) == [[1], [2]]


def test_a_lot_has_an_end(one: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lots, "_MOST", 2)

    assert _ids(_numbered(one, counters=[7] * 5, rows=[5] * 5)) == [[1, 2], [3, 4], [5]]


def test_a_lot_makes_one_commit_and_counts_as_each_alone(stores: Stores) -> None:
    visit(stores, "v0", BOUGHT - 90)
    accept(stores)
    accept(stores)

    Worker(stores).run_once()

    assert unfinished(stores.catalog) == ()
    assert stores.lake.open(LakeTable.LINKS).version() == 1
    assert rows(stores, LakeTable.LINKS) == 3 * 2
    counts = [outcome_counts(stores.catalog, number) for number in (1, 2, 3)]
    assert counts[0] == counts[1] == counts[2]
    assert counts[0][Outcome.LINKED] == 1
