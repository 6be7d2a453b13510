"""Why rows ended as they did, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.receiver.conftest import Json, Receiver
    from visitjoin.receiver import Settings

CLIENT = "1700000000123456789"
STRANGER = "1700000000999999999"
BOUGHT = 1773999000
"""2026-03-20 09:30:00 UTC."""
CUT_OFF = "2026-02-27T12:00:00Z"
"""21 days before the moment at which the tests process."""
HOUR = 3600


def _uploaded(receiver: Receiver, *rows: str, visits: tuple[str, ...] = ()) -> str:
    """Upload rows to a shop with visits of the client; returns the path of the uploading."""
    path = receiver.shop()
    if visits:
        receiver.visit(path, *visits)
    uploading = receiver.upload(path, *rows)
    receiver.ended(path, uploading)
    return f"{path.replace('management', 'visitjoin')}/uploading/{uploading['id']}"


def _explained(receiver: Receiver, uploading: str, row_no: int = 1) -> Json:
    return receiver.call("GET", f"{uploading}/outcomes/{row_no}")["explained"]


def _summary(receiver: Receiver, uploading: str) -> Json:
    return receiver.call("GET", f"{uploading}/summary")["summary"]


def _advice(receiver: Receiver, *rows: str, visits: tuple[str, ...] = ()) -> str:
    """What is said of rows that all ended alike."""
    (advice,) = _summary(receiver, _uploaded(receiver, *rows, visits=visits))["advice"]
    return f"{advice['rows']}: {advice['said']}"


def test_a_linked_row_names_its_visit_and_says_why_the_others_are_not_it(
    receiver: Receiver,
) -> None:
    uploading = _uploaded(
        receiver,
        f"{CLIENT},order_paid,{BOUGHT},990.50,RUB",
        visits=(
            f"old,{CLIENT},2026-02-20 10:00:00,ad",
            f"first,{CLIENT},{BOUGHT - 9 * HOUR},ad",
            f"second,{CLIENT},{BOUGHT - HOUR},organic",
            f"after,{CLIENT},{BOUGHT + HOUR},ad",
        ),
    )

    found = _explained(receiver, uploading)

    assert found["row"]["visit_id"] == "second"
    assert found["cut_off"] == CUT_OFF
    assert found["said"] == (
        "Its ClientId found visit second: the newest visit of the visitor that began at or before "
        "the conversion."
    )
    assert [(visit["visit_id"], visit["remark"]) for visit in found["visits"]] == [
        ("second", "linked"),
        ("first", "another visit goes before it"),
        ("old", "before the cut-off"),
        ("after", "began after the conversion"),
    ]
    assert found["visits_in_all"] == 4


def test_a_row_whose_visit_is_too_old_says_when_it_was(receiver: Receiver) -> None:
    uploading = _uploaded(
        receiver,
        f"{CLIENT},order_paid,{BOUGHT},,",
        visits=(f"old,{CLIENT},2026-02-20 10:00:00,ad",),
    )

    assert _explained(receiver, uploading)["said"] == (
        "The visit to which it would belong began at 2026-02-20 07:00:00 UTC, before the cut-off "
        "of 2026-02-27 12:00:00 UTC."
    )


def test_a_conversion_just_before_the_first_visit_is_asked_for_its_zone(
    receiver: Receiver,
) -> None:
    visits = (f"v1,{CLIENT},{BOUGHT + 3 * HOUR - 60},ad",)
    row = f"{CLIENT},order_paid,{BOUGHT},,"
    uploading = _uploaded(receiver, row, visits=visits)

    assert _explained(receiver, uploading)["said"] == (
        "The visitor's first visit began at 2026-03-20 12:29:00 UTC, 2:59:00 after it. Is the "
        "DateTime in another time zone?"
    )
    assert _summary(receiver, uploading)["advice"][0]["said"] == (
        "Every visit of their visitors began after the conversion. In 1 of the rows by less than "
        "14 hours: is the DateTime in another time zone?"
    )


def test_a_duplicate_names_the_row_that_counts(receiver: Receiver) -> None:
    same = f"{CLIENT},order_paid,{BOUGHT}"
    uploading = _uploaded(receiver, f"{same},1,RUB", f"{same},2,RUB", f"{same},3,RUB")

    assert _explained(receiver, uploading, 1)["said"].startswith("Row 3 of the file is the same")


def test_a_visit_that_came_in_too_late_is_told_so(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, late_visits=timedelta()))
    uploading = _uploaded(receiver, f"{CLIENT},order_paid,{BOUGHT},,")
    counter = uploading.partition("/uploading")[0].replace("visitjoin", "management")
    receiver.visit(counter, f"late,{CLIENT},{BOUGHT - HOUR},ad")

    (visit,) = _explained(receiver, uploading)["visits"]

    assert visit["remark"] == "imported since"


def test_a_rejected_row_gives_the_sentence_of_its_reason(receiver: Receiver) -> None:
    uploading = _uploaded(receiver, f"1.7E+18,order_paid,{BOUGHT},5,RUB")

    found = _explained(receiver, uploading)

    assert found["said"].startswith("ClientId: A spreadsheet took the identifier for a number")
    assert found["visits"] == found["identifiers"] == []


def test_a_row_that_the_file_does_not_have_is_not_found(receiver: Receiver) -> None:
    uploading = _uploaded(receiver, f"{CLIENT},order_paid,{BOUGHT},,")

    assert receiver.refused("GET", f"{uploading}/outcomes/2")[0] == 404


def test_nothing_of_a_person_is_in_an_explanation(receiver: Receiver) -> None:
    uploading = _uploaded(
        receiver, f"{STRANGER},order_paid,{BOUGHT},,", visits=(f"v1,{CLIENT},{BOUGHT - HOUR},ad",)
    )

    said = str(_explained(receiver, uploading)) + str(_summary(receiver, uploading))

    assert STRANGER not in said
    assert CLIENT not in said


def test_the_summary_puts_first_what_concerns_most_rows(receiver: Receiver) -> None:
    damaged = [f"1.7000000{number}E+18,order_paid,{BOUGHT},5,RUB" for number in range(3)]
    named = [f"{CLIENT},Order paid,{BOUGHT - number},5,RUB" for number in range(2)]
    unknown = [f"{STRANGER},order_paid,{BOUGHT},5,RUB"]
    linked = [f"{CLIENT},order_paid,{BOUGHT},5,RUB"]
    visits = (f"v1,{CLIENT},{BOUGHT - HOUR},ad",)

    found = _summary(
        receiver, _uploaded(receiver, *unknown, *named, *damaged, *linked, visits=visits)
    )

    assert [(one["rows"], one["outcome"], one["column"]) for one in found["advice"]] == [
        (3, "rejected", "ClientId"),
        (2, "goal_not_found", "Target"),
        (1, "visitor_not_found", "ClientId"),
    ]
    assert found["advice"][1]["said"] == (
        'Target "Order paid" is the name of goal 1. Write "order_paid".'
    )
    assert found["rows"] == sum(found["counts"].values()) == 7


def test_a_counter_without_visits_is_told_to_import_them(receiver: Receiver) -> None:
    said = _advice(receiver, f"{CLIENT},order_paid,{BOUGHT},,", f"{STRANGER},order_paid,{BOUGHT},,")

    assert said.startswith("2: The counter has no visits yet. Import them")


def test_a_target_without_a_goal_is_told_which_goals_there_are(receiver: Receiver) -> None:
    said = _advice(receiver, f"{CLIENT},paid,{BOUGHT},,")

    assert said.startswith(
        '1: No JavaScript-event goal of the counter has the identifier "paid"; it has "order_paid".'
    )


def test_visits_from_before_tracking_are_told_apart_from_old_ones(receiver: Receiver) -> None:
    path = receiver.shop(since="2026-03-10")
    receiver.visit(path, f"v1,{CLIENT},2026-03-05 10:00:00,ad")
    uploading = receiver.upload(path, f"{CLIENT},order_paid,{BOUGHT},,")
    receiver.ended(path, uploading)
    path = f"{path.replace('management', 'visitjoin')}/uploading/{uploading['id']}"

    (advice,) = _summary(receiver, path)["advice"]

    assert "Tracking is enabled since then" in advice["said"]


def test_a_file_whose_rows_all_linked_needs_no_advice(receiver: Receiver) -> None:
    uploading = _uploaded(
        receiver, f"{CLIENT},order_paid,{BOUGHT},,", visits=(f"v1,{CLIENT},{BOUGHT - HOUR},ad",)
    )

    assert _summary(receiver, uploading)["advice"] == []
