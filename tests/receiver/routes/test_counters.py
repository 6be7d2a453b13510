from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.receiver.conftest import Json, Receiver

COUNTERS = "/management/v1/counters"


def test_a_counter_that_is_created_is_listed_and_found(receiver: Receiver) -> None:
    new = {"name": "Shop", "site": "shop.example", "time_zone_name": "Asia/Yekaterinburg"}

    made = receiver.call("POST", COUNTERS, json={"counter": new})["counter"]

    assert made == {
        "id": 1,
        "name": "Shop",
        "site": "shop.example",
        "status": "Active",
        "time_zone_name": "Asia/Yekaterinburg",
        "time_zone_offset": 300,
        "visit_threshold": 1800,
        "create_time": "2026-03-20T12:00:00Z",
    }
    assert receiver.call("GET", COUNTERS) == {"counters": [made], "rows": 1}
    assert receiver.call("GET", "/management/v1/counter/1") == {"counter": made}


def test_the_list_of_counters_has_pages_that_count_from_one(receiver: Receiver) -> None:
    """As the clients that page through it expect: `rows` says how many there are in all."""
    for _ in range(3):
        receiver.shop()

    def page(**asked: int) -> tuple[list[int], int]:
        answer = receiver.call("GET", COUNTERS, params=asked)
        return [counter["id"] for counter in answer["counters"]], answer["rows"]

    assert page(per_page=2) == ([1, 2], 3)
    assert page(per_page=2, offset=3) == ([3], 3)
    assert page(offset=4) == ([], 3)
    assert receiver.refused("GET", COUNTERS, params={"offset": 0})[:2] == (400, "invalid_parameter")


def test_a_counters_goals_come_with_it_when_asked_for(receiver: Receiver) -> None:
    path = receiver.shop()

    answer = receiver.call("GET", path, params={"field": "goals"})

    assert [goal["name"] for goal in answer["counter"]["goals"]] == ["Order paid"]


def test_a_deleted_counter_is_not_answered_and_its_id_not_given_again(receiver: Receiver) -> None:
    path = receiver.shop()

    assert receiver.call("DELETE", path) == {"success": True}

    assert receiver.refused("GET", path)[:2] == (404, "not_found")
    assert receiver.call("GET", COUNTERS)["rows"] == 0
    assert receiver.shop() != path


@pytest.mark.parametrize(
    ("new", "word"),
    [
        ({"name": "Shop", "time_zone_name": "Mars/Olympus"}, "tz database"),
        ({"name": "Shop", "time_zone_name": "../../etc/passwd"}, "tz database"),
        ({"name": ""}, "length"),
        ({"name": 5}, "str"),
        ({}, "name"),
    ],
)
def test_a_counter_that_makes_no_sense_is_refused(receiver: Receiver, new: Json, word: str) -> None:
    status, error_type, message = receiver.refused("POST", COUNTERS, json={"counter": new})

    assert (status, error_type) == (400, "invalid_parameter")
    assert word in message


def test_a_counter_is_changed_and_what_is_left_out_stays(receiver: Receiver) -> None:
    path = receiver.shop()
    tokens = ["2c1f7e0a-6f0d-4b0e-9f2b-0a2d6e1c9b77"]
    settings = {"honours_do_not_track": False, "hits_days": 30, "measurement_tokens": tokens}
    receiver.call("PUT", path, json={"counter": {"collection": settings | {"hits_days": 90}}})
    change = {"visit_threshold": 3600, "collection": {"hits_days": 30}}

    changed = receiver.call("PUT", path, json={"counter": change})["counter"]

    assert (changed["name"], changed["visit_threshold"]) == ("Shop", 3600)
    found = receiver.call("GET", path, params={"field": "collection"})["counter"]
    assert found == changed | {"collection": settings}


@pytest.mark.parametrize(
    "change",
    [
        {"visit_threshold": 60},
        {"visit_threshold": 21601},
        {"collection": {"hits_days": 1}},
        {"collection": {"measurement_tokens": ["short"]}},
    ],
)
def test_a_setting_out_of_bounds_is_refused(receiver: Receiver, change: Json) -> None:
    path = receiver.shop()

    refused = receiver.refused("PUT", path, json={"counter": change})

    assert refused[:2] == (400, "invalid_parameter")
