"""Each step of an uploading's life, done twice: as after a crash that lost the word of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.receiver.uploaded import (
    BOUGHT,
    CLIENT,
    NOW,
    Clock,
    accept,
    accept_calls,
    carried_on,
    do,
    linked,
    opened,
    rows,
)
from visitjoin.contract.extension import Correction
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.uploads import UploadStatus
from visitjoin.receiver import corrections
from visitjoin.receiver.catalog.goals import delete_goal
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.progress import Progress, progress, unfinished
from visitjoin.receiver.catalog.uploadings import outcome_counts
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.work.life import end, export, match
from visitjoin.receiver.work.stores import Stores


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Stores]:
    url = None
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").new_database("life")
    with opened(tmp_path, clock, url) as stores:
        yield stores


def test_each_step_can_be_done_twice_and_counts_the_same(stores: Stores) -> None:
    accept(stores)

    for step in (export, export, match, match, end, end):
        do(stores, step)

    assert rows(stores, LakeTable.CONVERSIONS) == rows(stores, LakeTable.LINKS) == 2
    assert rows(stores, LakeTable.REJECTS) == 1
    counts = {outcome: n for outcome, n in outcome_counts(stores.catalog, 1).items() if n}
    assert counts == {Outcome.REJECTED: 1, Outcome.VISITOR_NOT_FOUND: 1, Outcome.LINKED: 1}


def test_each_step_of_calls_can_be_done_twice_too(stores: Stores) -> None:
    accept_calls(stores)

    for step in (export, export, match, match, end, end):
        do(stores, step)

    tables = (LakeTable.CONVERSIONS, LakeTable.CALLS, LakeTable.LINKS)
    assert [rows(stores, table) for table in tables] == [2, 2, 2]
    counts = {outcome: n for outcome, n in outcome_counts(stores.catalog, 1).items() if n}
    assert counts == {Outcome.STATIC_CALL: 1, Outcome.LINKED: 1}


@pytest.mark.parametrize("done", [[], [export], [export, match]])
def test_an_uploading_is_carried_on_from_wherever_it_stands(
    stores: Stores, done: list[object]
) -> None:
    accept(stores)
    for step in (export, match)[: len(done)]:
        do(stores, step)

    assert carried_on(stores) is UploadStatus.PROCESSED
    assert linked(stores) == 1
    assert unfinished(stores.catalog) == ()
    assert list(stores.settings.spool.iterdir()) == []


def test_a_repeat_has_the_cut_off_of_the_first_try(stores: Stores, clock: Clock) -> None:
    accept(stores)
    do(stores, export)
    do(stores, match)
    stores.folder(
        progress(stores.catalog, 1)
    ).links.unlink()  # as if we had died before they were complete
    clock.now += timedelta(days=60)  # by now the visit is outside the window

    links = stores.folder(progress(stores.catalog, 1)).links
    do(stores, match)

    assert "linked" in pl.read_parquet(links)["outcome"].to_list()


def test_links_that_were_computed_are_not_computed_again(stores: Stores) -> None:
    accept(stores)
    do(stores, export)
    do(stores, match)
    delete_goal(stores.catalog, 1, 1, now=NOW)

    assert carried_on(stores) is UploadStatus.PROCESSED
    assert linked(stores) == 1


def test_a_correction_counts_right_while_the_uploading_comes_to_its_end(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(stores)

    def overtaken(catalog: Catalog) -> tuple[Progress, ...]:
        """The uploading as it waits; its file is gone when it is looked at."""
        monkeypatch.undo()
        waiting = unfinished(catalog)
        carried_on(stores)
        return waiting

    monkeypatch.setattr(corrections, "unfinished", overtaken)
    back = Correction(client_id=CLIENT, target="order_paid", happened_at=BOUGHT, retract=True)

    (made,) = corrections.correct(stores, 1, [back], key=None, made_by="admin")

    assert (made.found, made.state) == (1, "retracted")
