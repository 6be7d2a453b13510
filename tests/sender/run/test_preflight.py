"""What will happen is told before anything is sent, and then happens."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.cli import story
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.report import text
from visitjoin.sender.report.report import Report
from visitjoin.sender.run.send import send
from visitjoin.sender.run.telling import Step, Telling
from visitjoin.sender.run.wishes import Wishes

NOW = datetime.now(UTC)


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text(story.deals_csv(NOW), encoding="utf-8", newline="")
    return path


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    path = tmp_path / "visits.csv"
    path.write_text(story.visits_csv(NOW), encoding="utf-8", newline="")
    return path


def fates(report: Report) -> dict[str, int]:
    return {fate.value: total.rows for fate, total in report.fates.items()}


def every_row(report: Report) -> list[tuple[object, ...]]:
    return [
        (row.row_no, row.fate, row.visit_id, row.linked_by, row.traffic_source)
        for row in report.rows
    ]


def test_what_is_predicted_from_visits_is_what_happens(
    running: Running, deals: Path, visits: Path
) -> None:
    with running.shop(tracked_days=story.TRACKED_FOR.days) as shop:
        predicted = send(shop, deals, Wishes(dry_run=True, visits=visits, every_row=True))
        assert shop.uploadings() == ()

        Receiver(shop).import_visits(visits)
        happened = send(shop, deals, Wishes(every_row=True))

    assert every_row(predicted) == every_row(happened)
    assert predicted.fates == happened.fates
    assert predicted.by_source == happened.by_source
    assert predicted.preflight is not None
    assert predicted.preflight.visits == 12


def test_the_size_and_the_number_of_batches_are_told(running: Running, deals: Path) -> None:
    with running.shop(tracked_days=story.TRACKED_FOR.days) as shop:
        told = send(shop, deals, Wishes(dry_run=True, rows_per_batch=5)).preflight
        send(shop, deals, Wishes(rows_per_batch=5))

        assert told is not None
        assert told.batches == len(shop.uploadings()) == 4
        assert told.seconds is None
        assert 16 * 40 < told.bytes < 16 * 80


def test_after_the_first_upload_the_time_of_the_next_is_told(
    running: Running, deals: Path, tmp_path: Path
) -> None:
    with running.shop(tracked_days=story.TRACKED_FOR.days) as shop:
        send(shop, deals)
        more = tmp_path / "more.csv"
        more.write_text(f"ClientId,Target,DateTime\n17,order_paid,{int(NOW.timestamp()) - 60}\n")
        told = send(shop, more, Wishes(dry_run=True)).preflight

    assert told is not None
    assert told.seconds is not None
    assert told.seconds > 0


def test_what_an_earlier_run_could_not_bring_is_told_as_waiting(
    running: Running, deals: Path
) -> None:
    def die(step: Step) -> None:
        if step is Step.RECORDED:
            raise KeyboardInterrupt

    with running.shop(tracked_days=story.TRACKED_FOR.days) as shop:
        with pytest.raises(KeyboardInterrupt):
            send(shop, deals, telling=Telling(step=die))
        told = send(shop, deals, Wishes(dry_run=True))
        send(shop, deals)
        after = send(shop, deals, Wishes(dry_run=True))

    assert told.preflight is not None
    assert told.preflight.waiting == fates(told)["known"] == 16
    assert "16 rows of an earlier run are waiting and go first" in " ".join(
        text.preflight(told, told.preflight)
    )
    assert after.preflight is not None
    assert after.preflight.waiting == 0


def goals(shop: Metrica) -> set[str]:
    return {condition.url for goal in shop.goals() for condition in goal.conditions}


def test_a_goal_is_created_for_a_target_that_has_none_and_not_for_a_mistake(
    running: Running, tmp_path: Path
) -> None:
    moment = int(NOW.timestamp()) - 60
    table = tmp_path / "deals.csv"
    table.write_text(
        "ClientId,Target,DateTime\n"
        f"17,order_paid,{moment}\n17,deal_won,{moment}\n17,Order paid,{moment}\n17,a/b,{moment}\n"
    )
    said: list[str] = []
    with running.shop() as shop:
        report = send(shop, table, Wishes(create_goals=True), telling=Telling(remark=said.append))

        assert goals(shop) == {"order_paid", "deal_won"}
    assert [remark.split()[0] for remark in said] == ["Created"]
    assert fates(report) == {"goal_not_found": 2, "visitor_not_found": 2}
    assert 'Write "order_paid"' in " ".join(report.remarks)


def test_a_dry_run_creates_no_goal(running: Running, tmp_path: Path) -> None:
    table = tmp_path / "deals.csv"
    table.write_text(f"ClientId,Target,DateTime\n17,deal_won,{int(NOW.timestamp()) - 60}\n")
    with running.shop() as shop:
        report = send(shop, table, Wishes(create_goals=True, dry_run=True))

        assert goals(shop) == {"order_paid"}
    assert "--create-goals" in report.remarks[0]
