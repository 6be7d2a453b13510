from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.receiver.conftest import Json, Receiver


def _goal(**fields: Json) -> Json:
    conditions = [{"type": "exact", "url": "deal_won"}]
    return {"goal": {"name": "Deal won", "type": "action", "conditions": conditions} | fields}


def test_a_goal_that_is_created_is_listed_and_found(receiver: Receiver) -> None:
    path = receiver.shop()

    made = receiver.call("POST", f"{path}/goals", json=_goal(default_price=5))["goal"]

    assert made == {
        "id": 2,
        "name": "Deal won",
        "type": "action",
        "conditions": [{"type": "exact", "url": "deal_won"}],
        "default_price": 5.0,
        "is_favorite": False,
        "goal_source": "user",
        "flag": "",
        "status": "Active",
        "is_retargeting": 0,
        "prev_goal_id": 0,
    }
    assert made in receiver.call("GET", f"{path}/goals")["goals"]
    assert receiver.call("GET", f"{path}/goal/2") == {"goal": made}


def test_a_goal_can_be_changed(receiver: Receiver) -> None:
    path = receiver.shop()

    changed = receiver.call("PUT", f"{path}/goal/1", json=_goal(id=1))["goal"]

    assert changed["name"] == "Deal won"
    assert receiver.call("GET", f"{path}/goal/1")["goal"] == changed


def test_a_deleted_goal_is_only_listed_when_deleted_ones_are_asked_for(receiver: Receiver) -> None:
    path = receiver.shop()

    assert receiver.call("DELETE", f"{path}/goal/1") == {"success": True}

    assert receiver.call("GET", f"{path}/goals") == {"goals": []}
    deleted = receiver.call("GET", f"{path}/goals", params={"useDeleted": "true"})["goals"]
    assert [goal["status"] for goal in deleted] == ["Deleted"]
    assert receiver.refused("DELETE", f"{path}/goal/1")[:2] == (404, "not_found")


def test_the_goal_of_another_counter_is_not_found(receiver: Receiver) -> None:
    receiver.shop()
    other = receiver.shop()

    assert receiver.refused("GET", f"{other}/goal/1")[:2] == (404, "not_found")
    assert receiver.refused("PUT", f"{other}/goal/1", json=_goal())[:2] == (404, "not_found")
    assert receiver.refused("DELETE", f"{other}/goal/1")[:2] == (404, "not_found")


@pytest.mark.parametrize(
    "fields",
    [
        {"conditions": [{"type": "exact", "url": "deal/won"}]},
        {"conditions": [{"type": "exact", "url": " "}]},
        {"conditions": []},
        {"name": ""},
        {"name": "x" * 256},
        {"name": "a\x00b"},
        {"conditions": [{"type": "exact", "url": "deal\x00won"}]},
        {"flag": "trolley"},
    ],
)
def test_a_goal_that_nothing_could_reach_is_refused(shared: Receiver, fields: Json) -> None:
    path = shared.shop()

    refused = shared.refused("POST", f"{path}/goals", json=_goal(**fields))

    assert refused[:2] == (400, "invalid_parameter")


def test_a_goal_of_the_older_generation_is_taken_and_answered_in_its_shape(
    receiver: Receiver,
) -> None:
    path = receiver.shop()

    made = receiver.call("POST", f"{path}/goals", json=_goal(is_retargeting=1, class_=1))["goal"]

    assert (made["is_retargeting"], made["prev_goal_id"]) == (0, 0)


def test_the_body_of_another_goal_is_refused(receiver: Receiver) -> None:
    path = receiver.shop()

    refused = receiver.refused("PUT", f"{path}/goal/1", json=_goal(id=2))

    assert refused == (400, "invalid_parameter", "The body is of goal 2, the path of 1.")


def test_a_counter_has_200_goals_at_most_and_a_deleted_one_makes_room(receiver: Receiver) -> None:
    path = receiver.shop()
    for _ in range(199):
        receiver.call("POST", f"{path}/goals", json=_goal())

    refused = receiver.refused("POST", f"{path}/goals", json=_goal())
    receiver.call("DELETE", f"{path}/goal/1")

    assert refused[:2] == (400, "limit_exceeded")
    assert receiver.call("POST", f"{path}/goals", json=_goal())["goal"]["id"] == 201
