from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.receiver.conftest import Json, Receiver
    from visitjoin.receiver import Settings

CLIENT = "1700000000123456789"
STRANGER = "1700000000999999999"
BOUGHT = "1773999000"  # an hour and a half before the tests' now
VISITED = "1773990000"
LINKS = f"{CLIENT},order_paid,{BOUGHT},990.50,RUB"


def _spool(receiver: Receiver) -> list[str]:
    return [path.name for path in receiver.settings.spool.iterdir()]


def test_an_upload_is_answered_as_uploaded_and_ends_as_processed(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{VISITED},ad")

    uploading = receiver.upload(
        path,
        LINKS,
        f"{STRANGER},order_paid,{BOUGHT},1,RUB",
        f"{CLIENT},Order paid,{BOUGHT},1,RUB",
        f"1.7E+18,order_paid,{BOUGHT},1,RUB",
        comment="batch 7",
    )

    assert uploading == {
        "id": 1,
        "status": "UPLOADED",
        "create_time": "2026-03-20T12:00:00Z",
        "source_quantity": 4,
        "line_quantity": 3,
        "comment": "batch 7",
        "client_id_type": "CLIENT_ID",
        "type": "BASIC",
    }
    assert receiver.ended(path, uploading) == uploading | {
        "status": "PROCESSED",
        "linked_quantity": 1,
        "user_not_found_quantity": 1,
        "goal_not_found_quantity": 1,
    }
    assert _spool(receiver) == []


def test_an_uploading_without_a_link_ends_as_linkage_failure(receiver: Receiver) -> None:
    path = receiver.shop()

    ended = receiver.ended(path, receiver.upload(path, LINKS))

    assert (ended["status"], ended["linked_quantity"]) == ("LINKAGE_FAILURE", 0)


def test_a_file_whose_rows_are_all_rejected_is_an_uploading_too(receiver: Receiver) -> None:
    path = receiver.shop()

    uploading = receiver.upload(path, f",order_paid,{BOUGHT},1,RUB")

    assert (uploading["source_quantity"], uploading["line_quantity"]) == (1, 0)
    assert receiver.ended(path, uploading)["status"] == "LINKAGE_FAILURE"


@pytest.mark.parametrize(
    ("header", "query", "answered"),
    [
        ("yclid", {}, "YCLID"),
        ("yclid", {"client_id_type": "YCLID"}, "YCLID"),
        ("UserID", {"type": "BASIC"}, "USER_ID"),
        ("PurchaseId", {"client_id_type": "PURCHASE_ID", "type": "BASIC"}, "PURCHASE_ID"),
        ("PurchaseId", {}, None),
        ("ClientId,UserId", {}, None),
        ("ClientId,UserId", {"client_id_type": "CLIENT_ID"}, "CLIENT_ID"),
    ],
)
def test_both_generations_are_taken(
    receiver: Receiver, header: str, query: Json, answered: str | None
) -> None:
    path = receiver.shop()
    blanks = "," * header.count(",")
    table = f"{header},Target,DateTime\n{CLIENT}{blanks},order_paid,{BOUGHT}\n"

    uploading = receiver.call(
        "POST",
        f"{path}/offline_conversions/upload",
        files={"file": ("deals.csv", table)},
        params=query,
    )["uploading"]

    assert uploading["line_quantity"] == 1
    assert uploading.get("client_id_type") == answered


def test_a_file_without_the_column_that_was_asked_for_is_refused(receiver: Receiver) -> None:
    path = receiver.shop()

    refused = receiver.refused(
        "POST",
        f"{path}/offline_conversions/upload",
        files={"file": ("deals.csv", f"ClientId,Target,DateTime\n{CLIENT},order_paid,{BOUGHT}\n")},
        params={"client_id_type": "YCLID"},
    )

    assert refused[:2] == (400, "invalid_uploading")
    assert "no column Yclid" in refused[2]
    assert _spool(receiver) == []


def test_uploadings_are_listed_newest_first(receiver: Receiver) -> None:
    path = receiver.shop()
    for comment in ("first", "second", "third"):
        receiver.upload(path, LINKS, comment=comment)

    def listed(**query: int | str) -> list[str]:
        url = f"{path}/offline_conversions/uploadings"
        answer = receiver.call("GET", url, params=query)
        return [uploading["comment"] for uploading in answer["uploadings"]]

    assert listed() == ["third", "second", "first"]
    assert listed(limit=1, offset=1) == ["second"]
    assert listed(type="CALLS") == []


def test_the_uploading_of_another_counter_is_not_found(receiver: Receiver) -> None:
    path = receiver.shop()
    uploading = receiver.upload(path, LINKS)
    other = receiver.shop()

    refused = receiver.refused("GET", f"{other}/offline_conversions/uploading/{uploading['id']}")

    assert refused[:2] == (404, "not_found")


@pytest.mark.parametrize(
    ("table", "error_type"),
    [
        ("", "invalid_uploading"),
        ("a,b\n1,2\n", "invalid_uploading"),
        (f"ClientId,Target\n{CLIENT},order_paid\n", "invalid_uploading"),
        (b"ClientId,Target,DateTime\n\xff\xfe,order_paid,1773999000\n", "invalid_uploading"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_leaves_nothing(
    receiver: Receiver, table: str | bytes, error_type: str
) -> None:
    path = receiver.shop()

    refused = receiver.refused(
        "POST",
        f"{path}/offline_conversions/upload",
        files={"file": ("deals.csv", table)},
    )

    assert refused[:2] == (400, error_type)
    assert str(receiver.settings.data) not in refused[2]
    assert _spool(receiver) == []
    assert receiver.call("GET", f"{path}/offline_conversions/uploadings") == {"uploadings": []}


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ({"client_id_type": "PASSPORT"}, "client_id_type"),
        ({"type": "LETTERS"}, "type"),
        ({"comment": "x" * 256}, "comment"),
        ({"comment": "<b>"}, "comment"),
    ],
)
def test_a_parameter_that_is_not_taken_is_named(
    receiver: Receiver, query: Json, location: str
) -> None:
    path = receiver.shop()

    answer = receiver.client.post(
        f"{path}/offline_conversions/upload",
        headers=receiver.headers,
        files={"file": ("deals.csv", "")},
        params=query,
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["error_type"] == "invalid_parameter"
    assert answer.json()["errors"][0]["location"] == location


def test_an_upload_where_tracking_is_off_says_how_to_enable_it(receiver: Receiver) -> None:
    path = receiver.shop(since=None)

    status, error_type, message = receiver.refused(
        "POST", f"{path}/offline_conversions/upload", files={"file": ("deals.csv", "")}
    )

    assert (status, error_type) == (400, "invalid_parameter")
    assert "extended_threshold" in message


def test_with_metricas_delay_the_first_upload_is_taken_a_day_after_enabling(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, upload_delay=timedelta(hours=24)))
    path = receiver.shop(since=None)
    receiver.call("POST", f"{path}/offline_conversions/extended_threshold")

    early = receiver.refused(
        "POST", f"{path}/offline_conversions/upload", files={"file": ("deals.csv", "")}
    )
    receiver.clock.advance(timedelta(hours=24))

    assert early[:2] == (400, "invalid_parameter")
    assert "2026-03-21 12:00 UTC" in early[2]
    assert receiver.upload(path, LINKS)["status"] == "UPLOADED"


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, largest_file=100_000))
    path = receiver.shop()
    upload = f"{path}/offline_conversions/upload"

    announced = receiver.refused("POST", upload, files={"file": ("a.csv", b"x" * 200_000)})
    slightly = receiver.refused("POST", upload, files={"file": ("a.csv", b"x" * 100_001)})

    assert announced[:2] == slightly[:2] == (413, "too_large")
    assert "100,000 bytes" in announced[2]
    assert _spool(receiver) == []


def test_an_older_client_gets_uploadings_without_the_newest_fields(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, older_answers=True))
    path = receiver.shop()

    ended = receiver.ended(path, receiver.upload(path, LINKS, client_id_type="CLIENT_ID"))

    assert ended == {
        "id": 1,
        "status": "LINKAGE_FAILURE",
        "create_time": "2026-03-20T12:00:00Z",
        "source_quantity": 1,
        "line_quantity": 1,
        "comment": "",
        "client_id_type": "CLIENT_ID",
    }
    listed = receiver.call("GET", f"{path}/offline_conversions/uploadings")
    assert listed == {"uploadings": [ended]}
