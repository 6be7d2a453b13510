"""A visitor who is not known today can be known tomorrow."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.contract.uploads import UploadType
from visitjoin.prepare import Condition
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.ledger.place import files_beside, ledger_of
from visitjoin.sender.report.report import Fate
from visitjoin.sender.run.correct import correct
from visitjoin.sender.run.resend import PAUSE, resend
from visitjoin.sender.run.send import send
from visitjoin.sender.run.wishes import Wishes

NOW = datetime.now(UTC)
BOUGHT = int((NOW - timedelta(hours=1)).timestamp())


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    """Two people, and a Target that no goal has."""
    path = tmp_path / "deals.csv"
    path.write_text(
        "UserId,Target,DateTime,Price,Currency\n"
        f"crm-1,order_paid,{BOUGHT},100,RUB\n"
        f"crm-2,order_paid,{BOUGHT},200,RUB\n"
        f"crm-2,no_such_goal,{BOUGHT},300,RUB\n"
    )
    return path


def signs_in(shop: Metrica, user: str, folder: Path) -> None:
    visits = folder / "visits.csv"
    visits.write_text(f"visit_id,user_id,started_at\nv-{user},{user},{BOUGHT - 60}\n")
    Receiver(shop).import_visits(visits)


def test_a_visitor_who_signs_in_later_is_linked_and_sent_alone(
    running: Running, deals: Path, tmp_path: Path
) -> None:
    with running.shop() as shop:
        signs_in(shop, "crm-1", tmp_path)
        send(shop, deals)
        signs_in(shop, "crm-2", tmp_path)

        again = resend(shop, pause=timedelta())

        report = Receiver(shop).report()
    assert (again.rows, again.linked, again.given_up, again.not_due) == (1, 1, 0, 0)
    assert [one.source_quantity for one in again.uploadings] == [1]
    assert [(row.conversions, row.revenue) for row in report] == [(2, Decimal(300))]


def test_what_is_still_not_found_is_sent_again_and_again(running: Running, deals: Path) -> None:
    with running.shop() as shop:
        send(shop, deals)
        rows = [resend(shop, pause=timedelta()).rows for _ in range(3)]

        assert [one.source_quantity for one in shop.uploadings()] == [2, 2, 2, 3]
    assert rows == [2, 2, 2]


def test_what_was_tried_a_short_while_ago_waits(running: Running, deals: Path) -> None:
    with running.shop() as shop:
        send(shop, deals)

        at_once = resend(shop)
        later = resend(shop, clock=lambda: datetime.now(UTC) + PAUSE)

    assert (at_once.rows, at_once.not_due) == (0, 1)
    assert (later.rows, later.not_due) == (2, 0)


def test_when_the_window_has_closed_the_rows_are_given_up_once_and_their_file_goes(
    running: Running, deals: Path
) -> None:
    """Tracking that is enabled anew moves the cut-off behind the conversions."""
    with running.shop() as shop:
        send(shop, deals)
        files = files_beside(ledger_of(shop.server, shop.counter_id))
        assert len(list(files.iterdir())) == 1
        shop.enable_tracking(since=datetime.now(UTC))

        given_up = [resend(shop, pause=timedelta()).given_up for _ in range(2)]

    assert given_up == [2, 0]
    assert list(files.iterdir()) == []


def test_a_send_can_send_again_by_the_way(running: Running, deals: Path, tmp_path: Path) -> None:
    later = NOW + PAUSE * 2
    with running.shop() as shop:
        send(shop, deals)
        signs_in(shop, "crm-2", tmp_path)
        report = send(shop, deals, Wishes(retry_unlinked=True), clock=lambda: later)

    assert report.fates[Fate.KNOWN].rows == report.in_export.rows == 3
    assert report.resent is not None
    assert (report.resent.rows, report.resent.linked) == (2, 1)


def test_a_price_that_was_changed_meanwhile_is_not_put_back(
    running: Running, deals: Path, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send(shop, deals)
        signs_in(shop, "crm-1", tmp_path)
        deals.write_text(deals.read_text().replace(",100,", ",150,"))
        send(shop, deals)

        again = resend(shop, pause=timedelta())

        report = Receiver(shop).report()
    assert [(row.conversions, row.revenue) for row in report] == [(1, Decimal(150))]
    assert again.rows == 1
    assert [one.source_quantity for one in again.uploadings] == [1]


def test_what_was_withdrawn_is_not_sent_again(
    running: Running, deals: Path, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send(shop, deals)
        correct(shop, deals, refunded=Condition(column="UserId", equals="crm-1"), apply=True)
        signs_in(shop, "crm-1", tmp_path)
        signs_in(shop, "crm-2", tmp_path)

        again = resend(shop, pause=timedelta())

        report = Receiver(shop).report()
    assert [(row.conversions, row.revenue) for row in report] == [(1, Decimal(200))]
    assert again.rows == 1


def test_what_was_repriced_by_name_is_sent_again_with_its_new_price(
    running: Running, deals: Path, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send(shop, deals)
        deals.write_text(deals.read_text().replace(",200,", ",150,"))
        correct(shop, deals, apply=True)
        signs_in(shop, "crm-2", tmp_path)

        resend(shop, pause=timedelta())

        report = Receiver(shop).report()
    assert [(row.conversions, row.revenue) for row in report] == [(1, Decimal(150))]


def test_calls_of_nobody_are_sent_again_too(running: Running, tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text(f"UserId,DateTime,StaticCall\ncrm-1,{BOUGHT},0\ncrm-1,{BOUGHT + 1},1\n")
    with running.shop() as shop:
        shop.enable_tracking(since=NOW - timedelta(days=3), type=UploadType.CALLS)
        send(shop, calls, Wishes(type=UploadType.CALLS))
        signs_in(shop, "crm-1", tmp_path)

        again = resend(shop, pause=timedelta())

    assert (again.rows, again.linked) == (1, 1)
