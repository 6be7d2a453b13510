"""Calls: taken, linked where they are dynamic, and never linked where they are static."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.receiver.conftest import Json, Receiver

CLIENT = "1700000000123456789"
STRANGER = "1700000000999999999"
CALLED = 1773999000
HEADER = "ClientID,DateTime,StaticCall,Price,Currency,PhoneNumber,TalkDuration"
DYNAMIC = f"{CLIENT},{CALLED},0,5.50,RUB,+70123456789,95"
STATIC = f"{CLIENT},{CALLED},1,7,RUB,+70123456789,"


def _shop(receiver: Receiver, *, since: str | None = "2026-02-01") -> str:
    """A counter that takes calls, unless since is None, and has two visits of CLIENT."""
    path = receiver.shop(since=None)
    visits = (f"v1,{CLIENT},{CALLED - 9000},ad", f"v2,{CLIENT},{CALLED - 600},organic")
    receiver.visit(path, *visits)
    if since is not None:
        enable = f"{path}/offline_conversions/calls_extended_threshold"
        receiver.call("POST", enable, params={"since": since})
    return path


def _upload(
    receiver: Receiver, path: str, *rows: str, call: str = "upload_calls", **query: str
) -> Json:
    table = "\n".join([HEADER, *rows, ""])
    answer = receiver.call(
        "POST",
        f"{path}/offline_conversions/{call}",
        files={"file": ("calls.csv", table)},
        params=query,
    )
    return answer["uploading"]


def _outcomes(receiver: Receiver, path: str, uploading: Json) -> Json:
    extension = path.replace("management", "visitjoin")
    return receiver.call("GET", f"{extension}/uploading/{uploading['id']}/outcomes")


def test_dynamic_calls_are_linked_to_the_newest_visit_and_static_ones_to_none(
    receiver: Receiver,
) -> None:
    path = _shop(receiver)

    uploading = _upload(
        receiver,
        path,
        DYNAMIC,
        STATIC,
        DYNAMIC.replace(CLIENT, STRANGER),
        DYNAMIC.replace("+7", "call +7"),
        comment="calls 3",
    )

    assert uploading == {
        "id": 1,
        "status": "UPLOADED",
        "create_time": "2026-03-20T12:00:00Z",
        "source_quantity": 4,
        "line_quantity": 3,
        "comment": "calls 3",
        "client_id_type": "CLIENT_ID",
        "type": "CALLS",
        "static_calls_quantity": 1,
        "dynamic_calls_quantity": 2,
    }
    ended = receiver.ended(path, uploading)
    assert (ended["status"], ended["linked_quantity"]) == ("PROCESSED", 1)
    answer = _outcomes(receiver, path, uploading)
    assert [(row["outcome"], row.get("visit_id")) for row in answer["outcomes"]] == [
        ("linked", "v2"),
        ("static_call", None),
        ("visitor_not_found", None),
        ("rejected", None),
    ]
    assert answer["outcomes"][3]["reason"] == "phone_number_malformed"
    assert answer["rows"] == sum(answer["counts"].values()) == 4


def test_a_file_of_static_calls_alone_ends_as_linkage_failure(receiver: Receiver) -> None:
    path = _shop(receiver)

    ended = receiver.ended(path, _upload(receiver, path, STATIC))

    assert (ended["status"], ended["static_calls_quantity"]) == ("LINKAGE_FAILURE", 1)


def test_the_call_goal_is_made_once_and_named_by_the_first_upload(receiver: Receiver) -> None:
    path = _shop(receiver)
    for name in ("Phone calls", "Another name"):
        receiver.ended(path, _upload(receiver, path, DYNAMIC, new_goal_name=name))

    goals = receiver.call("GET", f"{path}/goals")["goals"]
    extension = path.replace("management", "visitjoin")
    (row,) = receiver.call("GET", f"{extension}/report")["report"]

    assert [goal["name"] for goal in goals] == ["Order paid", "Phone calls"]
    assert goals[1]["conditions"] == [{"type": "exact", "url": "offline_call"}]
    assert (row["goal_name"], row["conversions"], row["revenue"]) == ("Phone calls", 1, "5.500000")


def test_calls_are_listed_apart_from_conversions(receiver: Receiver) -> None:
    path = _shop(receiver)
    receiver.call(
        "POST",
        f"{path}/offline_conversions/extended_threshold",
        params={"since": "2026-02-01"},
    )
    basic = receiver.upload(path, f"{CLIENT},order_paid,{CALLED},1,RUB")
    calls = [
        _upload(receiver, path, DYNAMIC),
        _upload(receiver, path, DYNAMIC, call="upload", type="CALLS"),
    ]

    def listed(route: str, **query: Json) -> list[int]:
        answer = receiver.call("GET", f"{path}/offline_conversions/{route}", params=query)
        return [uploading["id"] for uploading in answer["uploadings"]]

    assert listed("uploadings") == [basic["id"]]
    assert listed("calls_uploadings") == [calls[1]["id"], calls[0]["id"]]
    assert listed("uploadings", type="CALLS") == listed("calls_uploadings")
    assert listed("calls_uploadings", offset=1, limit=1) == [calls[0]["id"]]


def test_one_uploading_of_calls_is_answered_and_one_of_conversions_is_not(
    receiver: Receiver,
) -> None:
    path = _shop(receiver)
    enable = f"{path}/offline_conversions/extended_threshold"
    receiver.call("POST", enable, params={"since": "2026-02-01"})
    basic = receiver.upload(path, f"{CLIENT},order_paid,{CALLED},1,RUB")
    uploading = _upload(receiver, path, DYNAMIC)
    one = f"{path}/offline_conversions/calls_uploading"

    assert receiver.call("GET", f"{one}/{uploading['id']}")["uploading"]["type"] == "CALLS"
    assert receiver.refused("GET", f"{one}/{basic['id']}")[:2] == (404, "not_found")


def test_tracking_of_calls_is_enabled_apart_from_that_of_conversions(receiver: Receiver) -> None:
    path = receiver.shop()
    offline = f"{path}/offline_conversions"
    calls = {"files": {"file": ("calls.csv", f"{HEADER}\n{DYNAMIC}\n")}}

    off = receiver.refused("POST", f"{offline}/upload_calls", **calls)
    no_threshold = receiver.refused("GET", f"{offline}/calls_visit_join_threshold")
    receiver.call("POST", f"{offline}/calls_extended_threshold", params={"since": "2026-03-10"})
    threshold = receiver.call("GET", f"{offline}/calls_visit_join_threshold")
    of_conversions = receiver.call("GET", f"{offline}/visit_join_threshold")
    receiver.call("DELETE", f"{offline}/calls_extended_threshold")

    assert off[:2] == no_threshold[:2] == (400, "invalid_parameter")
    assert "calls_extended_threshold" in off[2]
    assert threshold == {"date": "2026-03-09T21:00:00Z"}
    assert of_conversions != threshold
    assert receiver.refused("POST", f"{offline}/upload_calls", **calls)[0] == 400


def test_calls_before_the_cut_off_of_calls_are_not_linked(receiver: Receiver) -> None:
    path = _shop(receiver, since="2026-03-20T11:00:00Z")

    uploading = _upload(receiver, path, DYNAMIC)
    receiver.ended(path, uploading)

    (row,) = _outcomes(receiver, path, uploading)["outcomes"]
    assert row["outcome"] == "no_visit_in_window"


def test_the_same_calls_under_one_key_are_one_uploading(receiver: Receiver) -> None:
    path = _shop(receiver)
    receiver.headers["Idempotency-Key"] = "calls-3"

    ids = [_upload(receiver, path, DYNAMIC)["id"] for _ in range(2)]

    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ({"client_id_type": "PURCHASE_ID"}, "client_id_type"),
        ({"new_goal_name": "x" * 256}, "new_goal_name"),
        ({"comment": "<b>"}, "comment"),
    ],
)
def test_a_parameter_of_calls_that_is_not_taken_is_named(
    receiver: Receiver, query: Json, location: str
) -> None:
    path = _shop(receiver)

    answer = receiver.client.post(
        f"{path}/offline_conversions/upload_calls",
        headers=receiver.headers,
        files={"file": ("calls.csv", "")},
        params=query,
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["location"] == location
