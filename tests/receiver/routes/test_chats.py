"""Chats: taken with an identifier of a visitor or without, and linked where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.receiver.conftest import Json, Receiver

CLIENT = "1700000000123456789"
WROTE = 1773999000
HEADER = "DateTime,ChatPlatform,ChatUsername,ChatUserID,PhoneNumber,ClientId,PurchaseId,Answered"
KNOWN = f"{WROTE},telegram,somebody,,,{CLIENT},,1"
UNKNOWN = f"{WROTE},whatsapp,,,+70123456789,,,0"


def _upload(receiver: Receiver, path: str, *rows: str, header: str = HEADER) -> Json:
    table = "\n".join([header, *rows, ""])
    upload = f"{path}/offline_conversions/upload?type=CHATS&comment=chats"
    return receiver.call("POST", upload, files={"file": ("chats.csv", table)})["uploading"]


def _outcomes(receiver: Receiver, path: str, uploading: Json) -> list[Json]:
    extension = path.replace("management", "visitjoin")
    answer = receiver.call("GET", f"{extension}/uploading/{uploading['id']}/outcomes")
    return [(row["outcome"], row.get("visit_id"), row.get("reason")) for row in answer["outcomes"]]


def test_a_chat_is_linked_by_its_visitor_and_kept_without_one(shared: Receiver) -> None:
    path = shared.shop()
    shared.visit(path, f"v1,{CLIENT},{WROTE - 600},ad")

    uploading = _upload(shared, path, KNOWN, UNKNOWN, UNKNOWN.replace("+70", "+71"))

    ended = shared.ended(path, uploading)
    assert ended == uploading | {
        "status": "PROCESSED",
        "type": "CHATS",
        "source_quantity": 3,
        "line_quantity": 3,
        "linked_quantity": 1,
        "user_not_found_quantity": 2,
        "goal_not_found_quantity": 0,
    }
    assert _outcomes(shared, path, uploading) == [
        ("linked", "v1", None),
        ("visitor_not_found", None, None),
        ("visitor_not_found", None, None),
    ]


def test_a_table_without_any_column_for_visitors_is_taken(shared: Receiver) -> None:
    path = shared.shop()

    uploading = _upload(
        shared, path, f"viber,{WROTE},u1", header="ChatPlatform,DateTime,ChatUserID"
    )

    assert shared.ended(path, uploading)["status"] == "LINKAGE_FAILURE"
    assert uploading.get("client_id_type") is None


def test_rows_that_are_no_chat_are_rejected_with_the_reason(shared: Receiver) -> None:
    path = shared.shop()

    uploading = _upload(
        shared,
        path,
        KNOWN.replace("telegram", "Telegram"),
        KNOWN.replace("telegram", ""),
        KNOWN.replace("somebody", ""),
        UNKNOWN.replace("+7", "call +7"),
        KNOWN.replace(CLIENT, "1.7E+18"),
    )

    shared.ended(path, uploading)
    assert [reason for _, _, reason in _outcomes(shared, path, uploading)] == [
        "chat_platform_unknown",
        "chat_platform_unknown",
        "chat_contact_missing",
        "phone_number_malformed",
        "identifier_damaged",
    ]


def test_the_first_chats_make_the_goal_and_all_lists_are_apart(shared: Receiver) -> None:
    path = shared.shop()
    first, second = (_upload(shared, path, UNKNOWN) for _ in range(2))

    made = shared.call("GET", f"{path}/goals")["goals"][1:]
    assert [(goal["name"], goal["conditions"][0]["url"]) for goal in made] == [
        ("Chat", "offline_chat")
    ]
    uploadings = f"{path}/offline_conversions/uploadings"
    listed = shared.call("GET", f"{uploadings}?type=CHATS")["uploadings"]
    assert [each["id"] for each in listed] == [second["id"], first["id"]]
    assert shared.call("GET", uploadings) == {"uploadings": []}
    one = shared.call("GET", f"{uploadings}/{first['id']}")["uploading"]
    assert one["comment"] == "chats"


@pytest.mark.parametrize(
    "header",
    [
        "ChatPlatform,ChatUserID,ClientId",
        "DateTime,ChatUserID,ClientId",
        "DateTime,ChatPlatform,ClientId",
        "DateTime,ChatPlatform,ChatUserID,chatuserid",
    ],
)
def test_a_table_without_what_a_chat_must_have_is_refused(shared: Receiver, header: str) -> None:
    table = f"{header}\n{header}\n"
    refused = shared.refused(
        "POST",
        f"{shared.shop()}/offline_conversions/upload?type=CHATS",
        files={"file": ("chats.csv", table)},
    )

    assert refused[:2] == (400, "invalid_uploading")


@pytest.mark.parametrize("has_visits", [True, False])
def test_of_a_chat_without_a_visitor_it_is_said_that_it_names_none(
    shared: Receiver,
    has_visits: bool,  # noqa: FBT001 - a case of the test
) -> None:
    path = shared.shop()
    if has_visits:
        shared.visit(path, f"v1,{CLIENT},{WROTE - 600},ad")
    uploading = _upload(shared, path, UNKNOWN, KNOWN.replace(CLIENT, f"{CLIENT}9"), UNKNOWN)
    shared.ended(path, uploading)
    of_it = f"{path.replace('management', 'visitjoin')}/uploading/{uploading['id']}"

    row = shared.call("GET", f"{of_it}/outcomes/1")["explained"]
    advised = shared.call("GET", f"{of_it}/summary")["summary"]["advice"]

    assert row["said"] == "It carries no identifier of a visitor, so it belongs to no visit."
    assert [(one["rows"], one.get("column")) for one in advised] == [
        (2, None),
        (1, "ClientId" if has_visits else None),
    ]
    assert "no identifier of a visitor" in advised[0]["said"]


def test_where_one_kind_is_asked_for_a_chat_without_it_is_rejected(shared: Receiver) -> None:
    path = shared.shop()
    upload = f"{path}/offline_conversions/upload?type=CHATS&client_id_type=CLIENT_ID"
    table = f"{HEADER}\n{UNKNOWN}\n{KNOWN}\n"

    uploading = shared.call("POST", upload, files={"file": ("chats.csv", table)})["uploading"]

    assert (uploading["source_quantity"], uploading["line_quantity"]) == (2, 1)
    shared.ended(path, uploading)
    assert _outcomes(shared, path, uploading)[0] == ("rejected", None, "no_identifier")
