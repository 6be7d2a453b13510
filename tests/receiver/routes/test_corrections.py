"""Retracting and repricing conversions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.receiver.conftest import Json, Receiver

CLIENT = "1700000000123456789"
BOUGHT = 1773999000
ROW = f"{CLIENT},order_paid,{BOUGHT},100,RUB"
NAMED = {"client_id": CLIENT, "target": "order_paid", "happened_at": BOUGHT}
RETRACT = NAMED | {"retract": True}


def _reprice(price: str) -> Json:
    return NAMED | {"price": price, "currency": "RUB"}


def _shop(receiver: Receiver) -> str:
    """A counter whose visitor CLIENT can be linked."""
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT - 9000},ad")
    return path


def _send(receiver: Receiver, path: str, *rows: str) -> None:
    receiver.ended(path, receiver.upload(path, *rows))


def _extension(path: str) -> str:
    return path.replace("management", "visitjoin")


def _correct(receiver: Receiver, path: str, *corrections: Json, key: str | None = None) -> Json:
    answer = receiver.client.post(
        f"{_extension(path)}/corrections",
        headers=receiver.headers | ({"Idempotency-Key": key} if key else {}),
        json={"corrections": corrections},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def _listed(receiver: Receiver, path: str, **query: int) -> Json:
    answer = receiver.call("GET", f"{_extension(path)}/corrections", params=query)
    return answer["corrections"]


def _revenue(receiver: Receiver, path: str) -> list[tuple[int, str]]:
    report = receiver.call("GET", f"{_extension(path)}/report")["report"]
    return [(row["conversions"], row["revenue"]) for row in report]


def test_a_retracted_conversion_counts_no_more(receiver: Receiver) -> None:
    path = _shop(receiver)
    _send(receiver, path, ROW, f"{CLIENT},order_paid,{BOUGHT + 1},7,RUB")

    answer = _correct(receiver, path, RETRACT)

    assert answer == {
        "corrections": [{"row_no": 1, "found": 1, "state": "retracted"}],
        "counts": {"retracted": 1, "repriced": 0, "not_found": 0},
    }
    assert _revenue(receiver, path) == [(1, "7.000000")]


def test_a_repriced_conversion_counts_with_its_new_price(receiver: Receiver) -> None:
    path = _shop(receiver)
    _send(receiver, path, ROW)

    (answer,) = _correct(receiver, path, _reprice("80.50"))["corrections"]

    assert answer == {"row_no": 1, "found": 1, "state": "repriced"}
    assert _revenue(receiver, path) == [(1, "80.500000")]


def test_a_conversion_that_is_not_there_is_not_found(receiver: Receiver) -> None:
    path = _shop(receiver)
    _send(receiver, path, ROW)

    answer = _correct(receiver, path, RETRACT | {"user_id": "u1"}, RETRACT | {"target": "other"})

    assert [row["state"] for row in answer["corrections"]] == ["not_found", "not_found"]
    assert _revenue(receiver, path) == [(1, "100.000000")]


def test_a_purchase_alone_names_all_its_conversions(receiver: Receiver) -> None:
    path = _shop(receiver)
    table = (
        "ClientId,PurchaseId,Target,DateTime,Price,Currency\n"
        f"{CLIENT},A-1,order_paid,{BOUGHT},100,RUB\n"
        f"{CLIENT},A-1,order_paid,{BOUGHT + 5},50,RUB\n"
        f"{CLIENT},A-2,order_paid,{BOUGHT},1,RUB\n"
    )
    for _ in range(2):  # the same conversions twice are still two
        upload = f"{path}/offline_conversions/upload"
        answer = receiver.call("POST", upload, files={"file": ("deals.csv", table)})
        receiver.ended(path, answer["uploading"])

    (answer,) = _correct(receiver, path, {"purchase_id": "A-1", "retract": True})["corrections"]

    assert answer["found"] == 2
    assert _revenue(receiver, path) == [(1, "1.000000")]


def test_the_newest_of_several_corrections_stands(receiver: Receiver) -> None:
    path = _shop(receiver)
    _send(receiver, path, ROW)

    _correct(receiver, path, RETRACT, _reprice("70"))
    assert _revenue(receiver, path) == [(1, "70.000000")]
    _correct(receiver, path, RETRACT)

    assert _revenue(receiver, path) == []


def test_an_uploading_after_a_correction_is_the_newer_word(receiver: Receiver) -> None:
    path = _shop(receiver)
    _send(receiver, path, ROW)
    _correct(receiver, path, RETRACT)

    _send(receiver, path, f"{CLIENT},order_paid,{BOUGHT},90,RUB")
    assert _revenue(receiver, path) == [(1, "90.000000")]
    _correct(receiver, path, RETRACT)

    assert _revenue(receiver, path) == []


def test_a_conversion_on_its_way_to_the_lake_is_found_and_corrected(receiver: Receiver) -> None:
    path = _shop(receiver)
    worker = receiver.client.app.state.worker
    worker.stop(receiver.settings.stop_grace)
    uploading = receiver.upload(path, ROW)

    (answer,) = _correct(receiver, path, RETRACT)["corrections"]
    worker.start()
    receiver.ended(path, uploading)

    assert answer["found"] == 1
    assert _revenue(receiver, path) == []


def test_corrections_of_another_counter_do_not_matter(receiver: Receiver) -> None:
    path, other = _shop(receiver), _shop(receiver)
    _send(receiver, path, ROW)

    (answer,) = _correct(receiver, other, RETRACT)["corrections"]

    assert answer["found"] == 0
    assert _revenue(receiver, path) == [(1, "100.000000")]


def test_who_said_what_and_when_is_kept(receiver: Receiver) -> None:
    path = _shop(receiver)
    _send(receiver, path, ROW)
    _correct(receiver, path, RETRACT | {"comment": "refund 77"})
    receiver.clock.advance(timedelta(hours=1))
    _correct(receiver, path, {"purchase_id": "A-9", "retract": True})

    newest, oldest = _listed(receiver, path)

    assert oldest == NAMED | {
        "id": 1,
        "row_no": 1,
        "retract": True,
        "comment": "refund 77",
        "made_at": "2026-03-20T12:00:00Z",
        "made_by": "admin",
        "newest_uploading": 1,
        "found": 1,
        "state": "retracted",
    }
    assert (newest["purchase_id"], newest["state"]) == ("A-9", "not_found")
    assert newest["made_at"] == "2026-03-20T13:00:00Z"
    assert _listed(receiver, path, limit=1, offset=1) == [oldest]


def test_a_request_with_a_known_key_is_answered_as_the_first_time(receiver: Receiver) -> None:
    path = _shop(receiver)
    _send(receiver, path, ROW)
    first = _correct(receiver, path, _reprice("1"), RETRACT, key="refunds-3")

    again = _correct(receiver, path, _reprice("2"), key="refunds-3")

    assert again == first
    assert len(_listed(receiver, path)) == 2


def test_without_a_key_a_repeat_is_a_second_word_that_changes_nothing(receiver: Receiver) -> None:
    path = _shop(receiver)
    _send(receiver, path, ROW)

    answers = [_correct(receiver, path, _reprice("60")) for _ in range(2)]

    assert answers[0] == answers[1]
    assert _revenue(receiver, path) == [(1, "60.000000")]


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        ({"target": "order_paid", "happened_at": BOUGHT, "retract": True}, "no identifier"),
        ({"client_id": CLIENT, "target": "order_paid", "retract": True}, "give both"),
        ({"client_id": CLIENT, "retract": True}, "only a purchase_id"),
        (RETRACT | {"happened_at": 2**70}, "no moment in Unix seconds"),
        (RETRACT | {"happened_at": -1}, "no moment in Unix seconds"),
        (NAMED, "neither retract nor a price"),
        (NAMED | {"price": "1"}, "neither retract nor a price"),
        (RETRACT | {"price": "1", "currency": "RUB"}, "retract comes without"),
        (_reprice("-1"), "the price is negative"),
        (_reprice("0.0000001"), "more than 6"),
        (_reprice("1000000000000"), "more than 12"),
        (_reprice("NaN"), "the price"),
        (_reprice("1") | {"currency": "XYZ"}, "ISO 4217"),
        (RETRACT | {"comment": "x" * 256}, "comment"),
    ],
)
def test_a_correction_that_makes_no_sense_is_named_and_none_is_made(
    receiver: Receiver, correction: Json, said: str
) -> None:
    path = _shop(receiver)

    status, error_type, message = receiver.refused(
        "POST", f"{_extension(path)}/corrections", json={"corrections": [RETRACT, correction]}
    )

    assert (status, error_type) == (400, "invalid_parameter")
    assert message.startswith("Correction 2: ")
    assert said in message
    assert CLIENT not in message
    assert _listed(receiver, path) == []


def test_no_corrections_and_too_many_are_refused(receiver: Receiver) -> None:
    path = f"{_extension(_shop(receiver))}/corrections"

    none = receiver.refused("POST", path, json={"corrections": []})
    many = receiver.refused("POST", path, json={"corrections": [RETRACT] * 10_001})

    assert none[0] == many[0] == 400
    assert "10,000" in many[2]


def test_a_body_of_another_form_is_refused(receiver: Receiver) -> None:
    path = f"{_extension(_shop(receiver))}/corrections"

    assert receiver.refused("POST", path, json={"corrections": [{"happened_at": "soon"}]})[0] == 400
    assert receiver.refused("POST", path, json=[])[0] == 400
