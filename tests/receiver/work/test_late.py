"""Visits that come after the conversions that belong to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.receiver.uploaded import (
    BOUGHT,
    NOW,
    STRANGER,
    Clock,
    accept,
    accept_calls,
    linked,
    opened,
    rows,
    visit,
)
from visitjoin.contract.extension import Correction
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.uploads import UploadingId
from visitjoin.receiver.catalog.corrections import corrections
from visitjoin.receiver.catalog.goals import add_goal, delete_goal, goals
from visitjoin.receiver.catalog.leases import LeaseLost
from visitjoin.receiver.catalog.progress import unfinished
from visitjoin.receiver.catalog.uploadings import outcome_counts
from visitjoin.receiver.corrections import correct
from visitjoin.receiver.lake.answers import links_by_outcome, revenue
from visitjoin.receiver.lake.outcomes import Among, Remarks, outcomes
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.work import late, lots
from visitjoin.receiver.work import worker as worker_module
from visitjoin.receiver.work.late import link_late_visits
from visitjoin.receiver.work.leasing import leased
from visitjoin.receiver.work.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.receiver.conftest import Json, Receiver
    from visitjoin.receiver.catalog.progress import Leases
    from visitjoin.receiver.work.stores import Stores


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stores(tmp_path: Path, clock: Clock) -> Iterator[Stores]:
    with opened(tmp_path, clock) as stores:
        yield stores


@pytest.fixture
def worker(stores: Stores) -> Worker:
    """A worker over an uploading of three rows: linked, a stranger's, rejected."""
    accept(stores)
    worker = Worker(stores)
    worker.run_once()
    assert linked(stores) == 1
    return worker


def _late(stores: Stores) -> list[dict[str, object]]:
    files = stores.lake.files(LakeTable.LATE_LINKS, 1)
    columns = ["row_no", "outcome", "visit_id", "imports"]
    return pl.read_parquet(files, hive_partitioning=False)[columns].to_dicts() if files else []


def test_a_late_visit_links_what_waited_for_it(worker: Worker, stores: Stores) -> None:
    visit(stores, "v2", BOUGHT - 60, client_id=STRANGER)

    worker.run_once()

    assert linked(stores) == 2
    counts = outcome_counts(stores.catalog, 1)
    assert {outcome: n for outcome, n in counts.items() if n} == {
        Outcome.REJECTED: 1,
        Outcome.LINKED: 2,
    }
    assert links_by_outcome(stores.lake, 1, [1]) == {1: {Outcome.LINKED: 2}}
    (row,) = revenue(stores.lake, 1, unfinished=[], corrections=[])
    assert (row.conversions, row.revenue) == (2, Decimal(30))
    assert list(stores.settings.spool.iterdir()) == []


def test_a_link_that_exists_stays_whatever_comes(worker: Worker, stores: Stores) -> None:
    visit(stores, "nearer", BOUGHT - 1)
    visit(stores, "v2", BOUGHT - 60, client_id=STRANGER)
    worker.run_once()
    visit(stores, "nearer too", BOUGHT - 1, client_id=STRANGER)
    worker.run_once()

    assert _late(stores) == [{"row_no": 2, "outcome": "linked", "visit_id": "v2", "imports": 3}]


def test_an_outcome_may_change_without_a_link(worker: Worker, stores: Stores) -> None:
    visit(stores, "too late", BOUGHT + 60, client_id=STRANGER)
    worker.run_once()
    assert outcome_counts(stores.catalog, 1)[Outcome.BEFORE_FIRST_VISIT] == 1

    visit(stores, "too old", int((NOW - timedelta(days=22)).timestamp()), client_id=STRANGER)
    worker.run_once()
    assert outcome_counts(stores.catalog, 1)[Outcome.NO_VISIT_IN_WINDOW] == 1

    visit(stores, "in time", BOUGHT - 60, client_id=STRANGER)
    worker.run_once()
    assert linked(stores) == 2


def test_the_cut_off_stays_that_of_the_first_time(
    worker: Worker, stores: Stores, clock: Clock
) -> None:
    clock.now += timedelta(days=20)
    visit(stores, "v2", int((NOW - timedelta(days=20)).timestamp()), client_id=STRANGER)

    worker.run_once()

    assert linked(stores) == 2


def test_after_the_length_of_the_window_an_uploading_is_closed(
    worker: Worker, stores: Stores, clock: Clock
) -> None:
    clock.now += timedelta(days=21)
    visit(stores, "v2", BOUGHT - 60, client_id=STRANGER)

    worker.run_once()

    assert linked(stores) == 1


def test_a_receiver_may_be_told_to_link_nothing_late(worker: Worker, stores: Stores) -> None:
    worker.stores = replace(stores, settings=replace(stores.settings, late_visits=timedelta()))
    visit(stores, "v2", BOUGHT - 60, client_id=STRANGER)

    worker.run_once()

    assert linked(stores) == 1


def test_goals_are_those_of_the_first_time(worker: Worker, stores: Stores) -> None:
    (goal,) = goals(stores.catalog, 1)
    delete_goal(stores.catalog, 1, goal.id, now=NOW)
    accept(stores)
    worker.run_once()
    add_goal(stores.catalog, 1, goal)
    visit(stores, "v2", BOUGHT - 60, client_id=STRANGER)

    worker.run_once()

    assert outcome_counts(stores.catalog, 1)[Outcome.LINKED] == 2
    assert outcome_counts(stores.catalog, 2)[Outcome.GOAL_NOT_FOUND] == 2


def test_a_dynamic_call_is_linked_late_and_a_static_one_never(stores: Stores) -> None:
    accept_calls(stores, client_id=STRANGER)
    worker = Worker(stores)
    worker.run_once()
    visit(stores, "v2", BOUGHT - 60, client_id=STRANGER)

    worker.run_once()

    counts = {outcome: n for outcome, n in outcome_counts(stores.catalog, 1).items() if n}
    assert counts == {Outcome.STATIC_CALL: 1, Outcome.LINKED: 1}


@pytest.mark.parametrize("step", ["write_late_links", "concluded", "conclude"])
def test_a_pass_that_died_is_done_again_and_links_once(
    worker: Worker, stores: Stores, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    visit(stores, "v2", BOUGHT - 60, client_id=STRANGER)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(late, step, die)
        with pytest.raises(KeyboardInterrupt):
            worker.run_once()
    worker.run_once()

    assert linked(stores) == 2
    assert len(_late(stores)) == 1


@pytest.mark.usefixtures("worker")
def test_who_slept_through_its_lease_neither_links_nor_counts(
    stores: Stores, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(stores, "v2", BOUGHT - 60, client_id=STRANGER)
    append = type(stores.lake).append

    def append_late(*args: object, **more: object) -> None:
        monkeypatch.undo()
        clock.now += stores.settings.lease
        Worker(stores).run_once()
        append(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(stores.lake), "append", append_late)
    with leased(stores, [UploadingId(1)]) as leases, pytest.raises(LeaseLost):
        link_late_visits(stores, leases)

    assert linked(stores) == 2
    assert len(_late(stores)) == 1
    assert rows(stores, LakeTable.LINKS) == 2


def test_what_was_taken_back_before_its_visit_came_does_not_count(
    worker: Worker, stores: Stores
) -> None:
    back = Correction(client_id=STRANGER, target="order_paid", happened_at=BOUGHT, retract=True)
    correct(stores, 1, [back], key=None, made_by="admin")
    visit(stores, "v2", BOUGHT - 60, client_id=STRANGER)

    worker.run_once()

    assert linked(stores) == 2
    kept = corrections(stores.catalog, 1)
    (row,) = revenue(stores.lake, 1, unfinished=[], corrections=kept)
    assert (row.conversions, row.revenue) == (1, Decimal(10))
    remarks = Remarks(of_target=lambda _: None, corrections=kept)
    told = {row.row_no: row for row in outcomes(stores.lake, 1, 1, remarks, Among())}
    assert (told[2].outcome, told[2].remark) == ("linked", "Retracted on 2026-03-20.")


def test_a_new_uploading_does_not_wait_for_all_the_old_ones(
    worker: Worker, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lots, "_MOST", 1)
    accept(stores)
    worker.run_once()
    visit(stores, "v2", BOUGHT - 60, client_id=STRANGER)
    ended = []

    def link_late(stores: Stores, leases: Leases) -> None:
        ended.append([found.id for found in unfinished(stores.catalog)])
        link_late_visits(stores, leases)
        if 1 in leases:
            accept(stores)

    monkeypatch.setattr(worker_module, "link_late_visits", link_late)
    worker.run_once()

    assert ended == [[], []]  # nothing waits when an old one has its turn
    assert [outcome_counts(stores.catalog, n)[Outcome.LINKED] for n in (1, 2, 3)] == [2, 2, 2]


def _row(receiver: Receiver, path: str, uploading: Json) -> Json:
    outcomes = f"{path.replace('management', 'visitjoin')}/uploading/{uploading['id']}/outcomes"
    answer = receiver.call("GET", outcomes)
    assert sum(answer["counts"].values()) == answer["rows"] == 1
    return answer["outcomes"][0]


def test_an_import_of_visits_mends_an_uploading_that_failed_to_link(receiver: Receiver) -> None:
    path = receiver.shop()
    uploading = receiver.upload(path, f"{STRANGER},order_paid,{BOUGHT},5,RUB")
    assert receiver.ended(path, uploading)["status"] == "LINKAGE_FAILURE"
    assert _row(receiver, path, uploading)["outcome"] == "visitor_not_found"

    receiver.visit(path, f"v1,{STRANGER},{BOUGHT - 60},ad")

    ended = receiver.ended(path, uploading)
    while ended["status"] == "LINKAGE_FAILURE":
        ended = receiver.ended(path, uploading)
    assert (ended["linked_quantity"], ended["user_not_found_quantity"]) == (1, 0)
    row = _row(receiver, path, uploading)
    assert (row["outcome"], row["visit_id"], row["traffic_source"]) == ("linked", "v1", "ad")
