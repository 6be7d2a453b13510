"""What is true of every client, whichever language and library it is."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.clients.clients import CLIENTS, Client
from tests.clients.journey import Journey, Road, Told

pytestmark = pytest.mark.clients


def clients(call: str) -> pytest.MarkDecorator:
    """Try the test with each client that makes a call."""
    those = [pytest.param(client, id=client.name) for client in CLIENTS if call in client.calls]
    return pytest.mark.parametrize("journey", those, indirect=True)


def quantities(told: Told) -> dict[str, int]:
    """What became of the rows of an uploading that has its last status."""
    uploading = told.answer["uploading"]
    assert uploading["status"] == "PROCESSED"
    return {key.removesuffix("_quantity"): uploading[key] for key in uploading if "quantity" in key}


@pytest.mark.parametrize("client", [pytest.param(client, id=client.name) for client in CLIENTS])
def test_nothing_is_said_to_a_server_whose_certificate_is_not_trusted(
    client: Client, road: Road, travelled: Callable[[Client], Journey], tmp_path: Path
) -> None:
    """So that what is tested below went over TLS that was checked."""
    assert travelled(client).told

    ended = road.without_trust(client, tmp_path)

    assert ended.returncode != 0
    assert ended.stdout == ""
    assert "self-signed certificate" in ended.stderr


@clients("GET counters")
def test_its_counter_is_in_the_list(journey: Journey) -> None:
    listed = journey.answer("GET counters")

    assert journey.counter in [counter["id"] for counter in listed["counters"]]
    assert listed["rows"] == len(listed["counters"])


@clients("GET counter")
def test_a_counter_comes_with_its_zone_and_its_goals(journey: Journey) -> None:
    counter = journey.answer("GET counter")["counter"]

    assert counter["time_zone_name"] == "Europe/Moscow"
    assert "goals" in counter


@clients("POST goals")
def test_a_goal_that_it_creates_is_in_the_list(journey: Journey) -> None:
    made = journey.answer("POST goals")["goal"]

    assert made["conditions"] == [{"type": "exact", "url": "deal_closed"}]
    assert made["id"] in [goal["id"] for goal in journey.answer("GET goals")["goals"]]


@clients("PUT goal")
def test_a_goal_that_it_changes_stays_changed(journey: Journey) -> None:
    changed = journey.answer("PUT goal")

    assert changed["goal"]["name"] == "Deal won"
    assert journey.answer("GET goal") == changed


@clients("POST extended_threshold")
def test_tracking_is_switched_on(journey: Journey) -> None:
    assert journey.answer("POST extended_threshold") == {"success": True}


@clients("GET visit_join_threshold")
def test_it_is_told_from_when_on_visits_can_be_joined(journey: Journey) -> None:
    date = journey.answer("GET visit_join_threshold")["date"]

    assert datetime.fromisoformat(date) == journey.tracked_since


@clients("POST upload?client_id_type")
def test_a_file_of_the_older_generation_is_accepted(journey: Journey) -> None:
    uploading = journey.answer("POST upload?client_id_type")["uploading"]

    assert uploading["comment"] == "older generation"
    assert uploading["client_id_type"] == "CLIENT_ID"
    assert (uploading["source_quantity"], uploading["line_quantity"]) == (4, 3)


@clients("POST upload")
def test_a_file_of_the_newer_generation_is_accepted(journey: Journey) -> None:
    uploading = journey.answer("POST upload")["uploading"]

    assert (uploading["comment"], uploading["type"]) == ("newer generation", "BASIC")
    assert "client_id_type" not in uploading  # its rows have different kinds
    assert (uploading["source_quantity"], uploading["line_quantity"]) == (2, 2)


@clients("GET uploading")
def test_each_row_has_met_its_fate_at_the_last_status(journey: Journey) -> None:
    older, newer = journey.all("GET uploading")

    assert quantities(older) == {
        "source": 4,
        "line": 3,
        "linked": 1,
        "user_not_found": 1,
        "goal_not_found": 1,
    }
    assert quantities(newer) == {
        "source": 2,
        "line": 2,
        "linked": 2,
        "user_not_found": 0,
        "goal_not_found": 0,
    }


@clients("GET uploadings")
def test_the_uploadings_are_listed_newest_first(journey: Journey) -> None:
    older, newer = (told.answer["uploading"]["id"] for told in journey.all("GET uploading"))

    listed = journey.answer("GET uploadings")["uploadings"]

    assert [uploading["id"] for uploading in listed] == [newer, older]


@clients("POST yclid_conversions/upload")
def test_a_file_of_clicks_is_accepted(journey: Journey) -> None:
    uploading = journey.answer("POST yclid_conversions/upload")["uploading"]

    assert (uploading["client_id_type"], uploading["line_quantity"]) == ("YCLID", 1)


@clients("GET yclid_conversions/uploading")
def test_an_uploading_is_found_among_those_of_clicks_too(journey: Journey) -> None:
    ended = journey.answer("GET yclid_conversions/uploading")["uploading"]

    listed = journey.answer("GET yclid_conversions/uploadings")["uploadings"]

    assert (ended["status"], ended["linked_quantity"]) == ("PROCESSED", ended["line_quantity"])
    assert ended["id"] in [uploading["id"] for uploading in listed]


@clients("POST upload_calls")
def test_a_file_of_calls_is_accepted(journey: Journey) -> None:
    uploading = journey.answer("POST upload_calls")["uploading"]

    assert (uploading["type"], uploading["line_quantity"]) == ("CALLS", 2)


@clients("GET calls_uploading")
def test_a_dynamic_call_is_linked_and_a_static_one_is_counted(journey: Journey) -> None:
    ended = journey.one("GET calls_uploading")

    assert quantities(ended) == {
        "source": 2,
        "line": 2,
        "linked": 1,
        "user_not_found": 0,
        "goal_not_found": 0,
        "static_calls": 1,
        "dynamic_calls": 1,
    }
    assert journey.answer("GET calls_uploadings")["uploadings"] == [ended.answer["uploading"]]


@pytest.mark.parametrize("call", ["DELETE goal", "DELETE counter", "DELETE extended_threshold"])
@clients("DELETE goal")
def test_what_it_made_can_be_taken_away(journey: Journey, call: str) -> None:
    assert journey.answer(call) == {"success": True}
