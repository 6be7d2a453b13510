"""Calls go the way of conversions: checked, sent once, followed, and each with its fate."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.contract.errors import SettingError
from visitjoin.contract.uploads import UploadType
from visitjoin.prepare import Condition
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.ledger.place import files_beside, ledger_of
from visitjoin.sender.report.report import Report
from visitjoin.sender.run.correct import correct
from visitjoin.sender.run.send import send
from visitjoin.sender.run.wishes import Wishes

NOW = datetime.now(UTC)
CALLED = int((NOW - timedelta(hours=1)).timestamp())
HEADER = "ClientId,DateTime,StaticCall,Price,Currency,Tag\n"
CALLS = Wishes(type=UploadType.CALLS, call_goal="Phone", every_row=True)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A dynamic call of a visitor, a static one, one of nobody, and one with a wrong flag."""
    path = tmp_path / "calls.csv"
    path.write_text(
        "ClientId,DateTime,StaticCall,PhoneNumber,TalkDuration,CallMissed,Tag\n"
        f"17,{CALLED},0,+70123456789,120,0,ring\n"
        f"17,{CALLED + 1},1,+70123456789,5,0,\n"
        f"99,{CALLED},,,,1,\n"
        f"17,{CALLED},maybe,,,,\n"
    )
    return path


def rows(report: Report) -> dict[str, int]:
    return {fate.value: total.rows for fate, total in report.fates.items()}


def test_every_call_has_its_fate_and_is_sent_once(
    running: Running, calls: Path, tmp_path: Path
) -> None:
    visits = tmp_path / "visits.csv"
    visits.write_text(f"visit_id,client_id,started_at\nv1,17,{CALLED - 60}\n")
    with running.shop() as shop:
        shop.enable_tracking(since=NOW - timedelta(days=3), type=UploadType.CALLS)
        Receiver(shop).import_visits(visits)

        report = send(shop, calls, CALLS)
        again = send(shop, calls, CALLS)

        assert [goal.name for goal in shop.goals()] == ["Order paid", "Phone"]
        (uploading,) = shop.uploadings(type=UploadType.CALLS)
    assert rows(report) == {
        "rejected": 1,
        "visitor_not_found": 1,
        "linked": 1,
        "static_call": 1,
    }
    assert (uploading.static_calls_quantity, uploading.dynamic_calls_quantity) == (1, 2)
    assert rows(again) == {"rejected": 1, "known": 3}
    assert report.remarks == ()


def test_the_columns_of_calls_arrive_as_they_were(running: Running, calls: Path) -> None:
    with running.shop() as shop:
        shop.enable_tracking(since=NOW - timedelta(days=3), type=UploadType.CALLS)
        send(shop, calls, CALLS)
        # Kept for as long as a visitor may still be found.
        (kept,) = files_beside(ledger_of(shop.server, shop.counter_id)).iterdir()

    sent = kept.read_text().splitlines()
    assert sent[0].startswith("ClientId,DateTime,StaticCall,PhoneNumber,TalkDuration")
    assert sent[1] == f"17,{CALLED},0,+70123456789,120,0,ring"


def test_calls_are_not_predicted(running: Running, calls: Path) -> None:
    wishes = Wishes(type=UploadType.CALLS, dry_run=True, visits=calls)
    with running.shop() as shop:
        shop.enable_tracking(since=NOW - timedelta(days=3), type=UploadType.CALLS)
        with pytest.raises(SettingError, match="not for calls"):
            send(shop, calls, wishes)


def test_chats_are_refused_before_anything_is_read(running: Running, tmp_path: Path) -> None:
    with running.shop() as shop, pytest.raises(SettingError, match="Chats cannot be sent"):
        send(shop, tmp_path / "nothing.csv", Wishes(type=UploadType.CHATS))


@pytest.mark.parametrize("by_price_alone", [False, True])
def test_a_call_is_corrected_where_it_was_sent(
    running: Running, tmp_path: Path, *, by_price_alone: bool
) -> None:
    """Two calls of a visitor: one brought nothing after all, the other more."""
    visits, table = tmp_path / "visits.csv", tmp_path / "calls.csv"
    visits.write_text(f"visit_id,client_id,started_at\nv1,17,{CALLED - 60}\n")
    row = "17,{},0,{},RUB,{}\n"
    table.write_text(HEADER + row.format(CALLED, 100, "") + row.format(CALLED + 1, 50, ""))
    with running.shop() as shop:
        shop.enable_tracking(since=NOW - timedelta(days=3), type=UploadType.CALLS)
        Receiver(shop).import_visits(visits)
        send(shop, table, CALLS)
        table.write_text(HEADER + row.format(CALLED, 100, "no") + row.format(CALLED + 1, 70, ""))

        done = correct(
            shop,
            table,
            CALLS,
            refunded=Condition(column="Tag", equals="no"),
            apply=True,
            by_price_alone=by_price_alone,
        )

        counted = [(one.conversions, one.revenue) for one in Receiver(shop).report()]
    refund = "set_to_zero" if by_price_alone else "retracted"
    assert {change.state.value: change.rows for change in done.changes} == {
        refund: 1,
        "repriced": 1,
    }
    assert counted == [(2 if by_price_alone else 1, Decimal(70))]
