"""What was refunded or repriced is corrected where it was sent, and what cannot be is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SettingError
from visitjoin.prepare import Condition, Mapping, TargetByValue
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.report.corrections import Corrections, State, lines, sentences
from visitjoin.sender.run.correct import correct
from visitjoin.sender.run.send import send
from visitjoin.sender.run.wishes import Wishes

NOW = datetime.now(UTC)
BOUGHT = int((NOW - timedelta(hours=1)).timestamp())
KEYED = Wishes(mapping=Mapping(key="Order", constants={Column.CURRENCY: "RUB"}))
REFUNDED = Condition(column="Status", equals="refunded")


def orders(folder: Path, *rows: str) -> Path:
    """Rows of order, client, price and status."""
    path = folder / "orders.csv"
    written = [
        f"{order},{client},order_paid,{BOUGHT + int(order)},{price},{status}"
        for order, client, price, status in (row.split() for row in rows)
    ]
    path.write_text("\n".join(["Order,ClientId,Target,DateTime,Price,Status", *written, ""]))
    return path


@pytest.fixture
def sold(tmp_path: Path) -> Path:
    return orders(tmp_path, "1 11 100 paid", "2 12 200 paid", "3 13 300 paid")


def visited(shop: Metrica, folder: Path) -> None:
    visits = folder / "visits.csv"
    rows = [f"v{client},{client},{BOUGHT - 60}" for client in (11, 12, 13)]
    visits.write_text("\n".join(["visit_id,client_id,started_at", *rows, ""]))
    Receiver(shop).import_visits(visits)


def counted(shop: Metrica) -> tuple[int, Decimal]:
    """Conversions and revenue in the receiver's report."""
    report = Receiver(shop).report()
    revenue = sum((row.revenue for row in report), Decimal(0))
    return sum(row.conversions for row in report), revenue


def states(corrections: Corrections) -> dict[str, int]:
    found: dict[str, int] = {}
    for change in corrections.changes:
        found[change.state.value] = found.get(change.state.value, 0) + change.rows
    return found


def test_a_refund_is_withdrawn_and_a_new_price_is_given(
    running: Running, sold: Path, tmp_path: Path
) -> None:
    with running.shop() as shop:
        visited(shop, tmp_path)
        send(shop, sold, KEYED)
        later = orders(
            tmp_path, "1 11 100 refunded", "2 12 150 paid", "3 13 300 paid", "4 14 5 refunded"
        )

        plan = correct(shop, later, KEYED, refunded=REFUNDED)
        assert counted(shop) == (3, Decimal(600))
        done = correct(shop, later, KEYED, refunded=REFUNDED, apply=True)

        assert counted(shop) == (2, Decimal(450))
    assert states(plan) == {"retracted": 1, "repriced": 1, "as_sent": 1, "not_sent": 1}
    assert plan.rows == sum(states(plan).values()) == 4
    assert done.changes == plan.changes
    assert plan.still_counted == 0


def test_a_correction_that_was_made_is_not_made_again(
    running: Running, sold: Path, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send(shop, sold, KEYED)
        later = orders(tmp_path, "1 11 100 refunded", "2 12 150 paid")

        correct(shop, later, KEYED, refunded=REFUNDED, apply=True)
        again = correct(shop, later, KEYED, refunded=REFUNDED)

    assert states(again) == {"withdrawn_before": 1, "as_sent": 1}


def test_a_withdrawn_order_does_not_come_back_with_the_next_export(
    running: Running, sold: Path, tmp_path: Path
) -> None:
    with running.shop() as shop:
        visited(shop, tmp_path)
        send(shop, sold, KEYED)
        refunds = orders(tmp_path, "1 11 100 refunded")
        correct(shop, refunds, KEYED, refunded=True, apply=True)

        report = send(shop, orders(tmp_path, "1 11 100 paid", "2 12 200 paid"), KEYED)

        assert counted(shop) == (2, Decimal(500))
    assert {fate.value: total.rows for fate, total in report.fates.items()} == {"known": 2}


def test_where_only_prices_can_be_corrected_a_refund_becomes_a_price_of_zero_and_stays_counted(
    running: Running, sold: Path, tmp_path: Path
) -> None:
    """The way of Yandex.Metrica, tried on a receiver, which takes a newer price as it does."""
    with running.shop() as shop:
        visited(shop, tmp_path)
        send(shop, sold, KEYED)
        later = orders(tmp_path, "1 11 -100 refunded", "2 12 150 paid")

        done = correct(shop, later, KEYED, refunded=REFUNDED, apply=True, by_price_alone=True)

        assert counted(shop) == (3, Decimal(450))
        again = correct(shop, later, KEYED, refunded=REFUNDED, by_price_alone=True)
    assert states(done) == {"set_to_zero": 1, "repriced": 1}
    assert sum(one.source_quantity or 0 for one in done.uploadings) == 2
    assert done.still_counted == 1
    assert done.net_error == {}
    assert states(again) == {"withdrawn_before": 1, "as_sent": 1}


def test_what_cannot_be_corrected_is_said_with_the_error_that_stays(
    running: Running, sold: Path, tmp_path: Path
) -> None:
    """An order whose client was edited is another conversion to the server."""
    with running.shop() as shop:
        send(shop, sold, KEYED)
        later = orders(tmp_path, "1 99 100 refunded")

        plan = correct(shop, later, KEYED, refunded=True)
        after_the_window = correct(
            shop,
            orders(tmp_path, "2 12 200 refunded"),
            KEYED,
            refunded=True,
            by_price_alone=True,
            clock=lambda: NOW,
        )
        shop.enable_tracking(since=datetime.now(UTC))
        too_late = correct(
            shop, orders(tmp_path, "2 12 200 refunded"), KEYED, refunded=True, by_price_alone=True
        )

    assert states(plan) == {"moved": 1}
    assert plan.net_error == {"RUB": Decimal(100)}
    assert states(after_the_window) == {"set_to_zero": 1}
    assert states(too_late) == {"out_of_reach": 1}
    assert "1 refunded conversions are still counted, with 200.00 RUB" in " ".join(
        sentences(too_late)
    )


def test_rows_that_cannot_be_read_or_are_left_out_are_in_the_plan(
    running: Running, tmp_path: Path
) -> None:
    mapping = Mapping(
        key="Order",
        constants={Column.CURRENCY: "RUB"},
        filter=(Condition(column="Status", among=("paid", "refunded")),),
    )
    with running.shop() as shop:
        table = orders(
            tmp_path, "1 11 100 paid", "2 damaged 1 paid", "3 13 5 new", "4 14 1 refunded"
        )
        plan = correct(shop, table, Wishes(mapping=mapping), refunded=REFUNDED)

    assert states(plan) == {"left_out": 1, "rejected": 1, "not_sent": 2}
    assert plan.rows == 4
    assert next(lines(plan))[1] == 4


def by_stage(**goals: str) -> Wishes:
    """Orders whose Target stands in none of their columns, but in their status."""
    targets = TargetByValue(column="Status", goals=goals)
    return replace(KEYED, mapping=replace(KEYED.mapping, targets=targets))


def test_refunds_in_a_stage_of_their_own_are_found_where_one_goal_is_reached(
    running: Running, sold: Path, tmp_path: Path
) -> None:
    wishes = by_stage(paid="order_paid", new="")
    with running.shop() as shop:
        send(shop, sold, wishes)
        later = orders(tmp_path, "1 11 100 refunded", "2 12 200 paid", "3 13 300 lost")

        plan = correct(shop, later, wishes, refunded=REFUNDED)

    assert states(plan) == {"left_out": 1, "as_sent": 1, "retracted": 1}


def test_refunds_in_a_stage_that_may_have_been_of_several_goals_are_asked_for(
    running: Running, sold: Path
) -> None:
    wishes = by_stage(paid="order_paid", sent="order_sent")
    with running.shop() as shop, pytest.raises(SettingError, match="order_paid, order_sent"):
        correct(shop, sold, wishes, refunded=REFUNDED)


def test_every_state_has_its_sentence() -> None:
    assert all(state.sentence for state in State)
