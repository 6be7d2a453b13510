from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.receiver.conftest import Json, Receiver

CLIENT = "1700000000123456789"
OTHER = "1700000000222222222"
BOUGHT = 1773999000


def _report(receiver: Receiver, path: str) -> Json:
    return receiver.call("GET", f"{path.replace('management', 'visitjoin')}/report")["report"]


def _send(receiver: Receiver, path: str, *rows: str) -> None:
    receiver.ended(path, receiver.upload(path, *rows))


def test_linked_conversions_are_summed_by_goal_source_and_currency(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT - 9000},ad", f"v2,{OTHER},{BOUGHT - 9000},organic")

    _send(
        receiver,
        path,
        f"{CLIENT},order_paid,{BOUGHT},0.10,RUB",
        f"{CLIENT},order_paid,{BOUGHT + 1},0.20,RUB",
        f"{OTHER},order_paid,{BOUGHT},7,USD",
        f"{OTHER},order_paid,{BOUGHT + 1},,",
        f"1700000000999999999,order_paid,{BOUGHT},500,RUB",
    )

    goal = {"goal_id": 1, "goal_name": "Order paid", "target": "order_paid"}
    assert _report(receiver, path) == [
        goal | {"traffic_source": "ad", "currency": "RUB", "conversions": 2, "revenue": "0.300000"},
        goal
        | {"traffic_source": "organic", "currency": "", "conversions": 1, "revenue": "0.000000"},
        goal
        | {
            "traffic_source": "organic",
            "currency": "USD",
            "conversions": 1,
            "revenue": "7.000000",
        },
    ]


def test_a_conversion_sent_again_counts_once_with_its_newest_price(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT - 9000},ad")

    _send(receiver, path, f"{CLIENT},order_paid,{BOUGHT},100,RUB")
    _send(receiver, path, f"{CLIENT},order_paid,{BOUGHT},80,RUB")

    (row,) = _report(receiver, path)
    assert (row["conversions"], row["revenue"]) == (1, "80.000000")


def test_a_price_that_was_taken_away_is_gone(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT - 9000},ad")

    _send(receiver, path, f"{CLIENT},order_paid,{BOUGHT},100,RUB")
    _send(receiver, path, f"{CLIENT},order_paid,{BOUGHT},,")

    (row,) = _report(receiver, path)
    assert (row["currency"], row["revenue"]) == ("", "0.000000")


def test_a_deleted_goal_still_names_what_it_linked(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT - 9000},ad")
    _send(receiver, path, f"{CLIENT},order_paid,{BOUGHT},100,RUB")

    receiver.call("DELETE", f"{path}/goal/1")

    (row,) = _report(receiver, path)
    assert (row["goal_id"], row["goal_name"]) == (1, "Order paid")


def test_a_counter_without_conversions_has_an_empty_report(receiver: Receiver) -> None:
    assert _report(receiver, receiver.shop()) == []
