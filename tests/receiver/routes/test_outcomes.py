from __future__ import annotations

import csv
import io
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from visitjoin.contract.extension import OutcomeRow

if TYPE_CHECKING:
    from tests.receiver.conftest import Json, Receiver

CLIENT = "1700000000123456789"
STRANGER = "1700000000999999999"
BOUGHT = 1773999000


def _uploaded(receiver: Receiver) -> str:
    """An uploading with a row of several fates; returns the path of its outcomes."""
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT - 9000},ad")
    uploading = receiver.upload(
        path,
        f"{CLIENT},order_paid,{BOUGHT},990.50,RUB",
        f"1.7E+18,order_paid,{BOUGHT},5,RUB",
        f"{CLIENT},Order paid,{BOUGHT},1,RUB",
        f"{STRANGER},order_paid,{BOUGHT},,",
        f"{CLIENT},order_paid,{BOUGHT},1000,RUB",
    )
    receiver.ended(path, uploading)
    return f"{path.replace('management', 'visitjoin')}/uploading/{uploading['id']}/outcomes"


def _page(receiver: Receiver, path: str, **query: int) -> Json:
    return receiver.call("GET", path, params=query)


def test_every_row_has_its_outcome_in_the_order_of_the_file(receiver: Receiver) -> None:
    answer = _page(receiver, _uploaded(receiver))

    found = [(row["row_no"], row["outcome"]) for row in answer["outcomes"]]
    assert found == [
        (1, "duplicate"),
        (2, "rejected"),
        (3, "goal_not_found"),
        (4, "visitor_not_found"),
        (5, "linked"),
    ]
    assert answer["rows"] == sum(answer["counts"].values()) == 5
    assert answer["outcomes"][4] == {
        "row_no": 5,
        "outcome": "linked",
        "visit_id": "v1",
        "linked_by": "CLIENT_ID",
        "target": "order_paid",
        "happened_at": BOUGHT,
        "price": "1000.000000",
        "currency": "RUB",
        "traffic_source": "ad",
    }


def test_a_rejected_row_comes_with_reason_column_and_value(receiver: Receiver) -> None:
    row = _page(receiver, _uploaded(receiver))["outcomes"][1]

    assert row["reason"] == "identifier_damaged"
    assert (row["column"], row["value"]) == ("ClientId", "1.7E+18")


def test_a_target_that_is_a_goals_name_is_said_so(receiver: Receiver) -> None:
    row = _page(receiver, _uploaded(receiver))["outcomes"][2]

    assert row["remark"] == 'Target "Order paid" is the name of goal 1. Write "order_paid".'


def test_pages_put_together_are_the_whole(receiver: Receiver) -> None:
    path = _uploaded(receiver)

    pages = [_page(receiver, path, offset=offset, limit=2)["outcomes"] for offset in (0, 2, 4, 6)]

    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert list(chain(*pages)) == _page(receiver, path)["outcomes"]


def test_outcomes_as_csv_say_the_same(receiver: Receiver) -> None:
    path = _uploaded(receiver)

    answer = receiver.client.get(path, headers=receiver.headers, params={"format": "csv"})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [row["outcome"] for row in rows] == [
        row["outcome"] for row in _page(receiver, path)["outcomes"]
    ]
    assert rows[4]["price"] == "1000.000000"


def _as_parquet(receiver: Receiver, path: str) -> pl.DataFrame:
    answer = receiver.client.get(path, headers=receiver.headers, params={"format": "parquet"})
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    return pl.read_parquet(io.BytesIO(answer.content)).sort("row_no")


def test_outcomes_as_parquet_say_the_same_of_all_rows(receiver: Receiver) -> None:
    path = _uploaded(receiver)

    found = _as_parquet(receiver, path)

    absent_left_out = [
        {name: value for name, value in row.items() if value is not None}
        for row in found.to_dicts()
    ]
    listed = _page(receiver, path)["outcomes"]
    for row in listed:
        if "price" in row:
            row["price"] = Decimal(row["price"])
    assert absent_left_out == listed
    assert found.columns == list(OutcomeRow.__struct_fields__)
    assert list(receiver.settings.spool.iterdir()) == []


def test_outcomes_as_parquet_of_a_file_without_accepted_rows(receiver: Receiver) -> None:
    path = receiver.shop()
    uploading = receiver.upload(path, f",order_paid,{BOUGHT},1,RUB")
    receiver.ended(path, uploading)
    extension = path.replace("management", "visitjoin")

    found = _as_parquet(receiver, f"{extension}/uploading/{uploading['id']}/outcomes")

    assert found["reason"].to_list() == ["no_identifier"]


def test_a_row_that_was_corrected_later_is_said_so(receiver: Receiver) -> None:
    path = _uploaded(receiver)
    corrections = f"{path.partition('/uploading')[0]}/corrections"
    named = {"client_id": CLIENT, "target": "order_paid", "happened_at": BOUGHT}
    reprice = named | {"price": "80.5", "currency": "RUB"}
    receiver.call("POST", corrections, json={"corrections": [reprice]})
    assert _page(receiver, path)["outcomes"][4]["remark"] == "Repriced on 2026-03-20: 80.5 RUB."

    receiver.call("POST", corrections, json={"corrections": [named | {"retract": True}]})

    row = _page(receiver, path)["outcomes"][4]
    assert (row["outcome"], row["remark"]) == ("linked", "Retracted on 2026-03-20.")
    assert _as_parquet(receiver, path)["remark"][4] == "Retracted on 2026-03-20."


def test_before_the_last_status_the_answer_is_a_conflict(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.client.app.state.worker.stop(receiver.settings.stop_grace)
    uploading = receiver.upload(path, f"{CLIENT},order_paid,{BOUGHT},1,RUB")

    refused = receiver.refused(
        "GET", f"{path.replace('management', 'visitjoin')}/uploading/{uploading['id']}/outcomes"
    )

    assert refused[:2] == (409, "conflict")


def test_outcomes_of_an_uploading_that_is_not_there_are_not_found(receiver: Receiver) -> None:
    path = receiver.shop().replace("management", "visitjoin")

    assert receiver.refused("GET", f"{path}/uploading/5/outcomes")[:2] == (404, "not_found")
