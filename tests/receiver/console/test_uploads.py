"""A table is looked at before it counts, and counts once."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from tests.receiver.conftest import CLIENT, STRANGER, TOKEN
from visitjoin.contract.scopes import Scope

from .browsing import Browsing, said

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver

DEALS = f"""\
Сделка;Client ID;Цель;Дата;Сумма;Валюта
1;{CLIENT};order_paid;19.03.2026 10:00;1 290,50;RUB
2;{CLIENT};order_paid;19.03.2026 10:00;1 300,00;RUB
3;{STRANGER};Order paid;19.03.2026 11:00;10;RUB
4;{STRANGER};order_paid;01.01.2026 11:00;10;USD
5;1,79351E+18;order_paid;19.03.2026 11:00;10;RUB
6;{CLIENT};order_paid;завтра;10;RUB
""".encode("cp1251")


@pytest.fixture
def upload(shared: Receiver) -> str:
    """The page of uploads of a new shop; who asks has signed in."""
    return f"/counter/{shared.shop().rpartition('/')[2]}/upload"


@pytest.fixture
def browsing(shared: Receiver) -> Browsing:
    return Browsing.anew(shared, TOKEN)


def _uploadings(receiver: Receiver, upload: str) -> list[dict[str, object]]:
    path = upload.replace("/counter", "/management/v1/counter").removesuffix("/upload")
    found = receiver.call("GET", f"{path}/offline_conversions/uploadings")["uploadings"]
    return list(found)


def _waiting(receiver: Receiver) -> int:
    return len(list(receiver.settings.spool.glob("*/findings.json")))


def test_what_a_table_holds_is_shown_before_anything_counts(
    shared: Receiver, browsing: Browsing, upload: str
) -> None:
    there = browsing.drop(upload, "сделки.csv", DEALS).headers["location"]
    page = browsing.text(there)

    for sentence in (
        "Rows in the table 6",
        "Will be uploaded 4",
        "Rejected 2",
        'Target "Order paid" is the name of goal',
        "1 row Older than the visits that are joined",
        "1 row Repeated in the table",
        "Line 6 ClientId : 1,79351E+18",
        "Line 7 DateTime : завтра",
        "сделки.csv",
        "The letters were read as Windows-1251.",
    ):
        assert sentence in page, sentence
    assert str(shared.settings.spool) not in page
    assert "--encoding" not in page
    assert _uploadings(shared, upload) == []
    rejected = browsing.get(f"{there}/rejected.csv").text
    assert rejected.splitlines()[0] == "line,column,value,reason,message"
    assert len(rejected.splitlines()) == 3


def test_what_was_confirmed_goes_the_way_of_the_api(
    shared: Receiver, browsing: Browsing, upload: str
) -> None:
    path = upload.replace("/counter", "/management/v1/counter").removesuffix("/upload")
    shared.visit(path, f"v1,{CLIENT},2026-03-18T10:00:00+03:00,ad")
    there = browsing.drop(upload, "deals.csv", DEALS).headers["location"]

    answer = browsing.send(there, at=there, answer="upload")

    (uploading,) = _uploadings(shared, upload)
    assert (
        answer.headers["location"] == f"{upload.removesuffix('upload')}uploading/{uploading['id']}"
    )
    assert uploading["comment"] == "deals.csv"
    ended = shared.ended(path, uploading)
    assert (ended["source_quantity"], ended["linked_quantity"]) == (4, 1)
    assert "Joined to a visit 1" in browsing.text(answer.headers["location"])


def test_a_workbook_is_taken_as_well(browsing: Browsing, upload: str) -> None:
    written = BytesIO()
    with xlsxwriter.Workbook(written) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["Client ID", "Цель", "Дата", "Сумма", "Валюта"])
        sheet.write_row(1, 0, [CLIENT, "order_paid", "19.03.2026 10:00", 1290.5, "RUB"])

    there = browsing.drop(upload, "Сделки.XLSX", written.getvalue()).headers["location"]

    assert "Upload 1 row" in browsing.text(there)
    assert "1,290.50 RUB" in browsing.text(there)


def test_a_workbook_of_many_sheets_says_which_was_read(browsing: Browsing, upload: str) -> None:
    written = BytesIO()
    with xlsxwriter.Workbook(written) as workbook:
        sheet = workbook.add_worksheet("Deals")
        sheet.write_row(0, 0, ["ClientId", "Target", "DateTime"])
        sheet.write_row(1, 0, [CLIENT, "order_paid", "19.03.2026 10:00"])
        workbook.add_worksheet("Notes")

    page = browsing.text(
        browsing.drop(upload, "deals.xlsx", written.getvalue()).headers["location"]
    )

    assert "Of 2 sheets the first was read, “Deals”." in page


def test_a_separator_that_could_be_another_one_is_doubted(browsing: Browsing, upload: str) -> None:
    table = f"ClientId,Target,DateTime,a;b;c;d\n{CLIENT},order_paid,2026-03-19 10:00,1;2;3;4\n"

    page = browsing.text(browsing.drop(upload, "deals.csv", table).headers["location"])

    assert "It is not certain which sign separates the columns." in page


CALLS = f"""\
ClientId;DateTime;StaticCall;PhoneNumber;TalkDuration
{CLIENT};19.03.2026 10:00;0;+70123456789;120
{STRANGER};19.03.2026 10:05;1;8 012;5
{STRANGER};19.03.2026 10:10;;+70123456789;
"""


def test_calls_are_checked_and_go_the_way_of_the_api(
    shared: Receiver, browsing: Browsing, upload: str
) -> None:
    path = upload.replace("/counter", "/management/v1/counter").removesuffix("/upload")
    shared.visit(path, f"v1,{CLIENT},2026-03-18T10:00:00+03:00,ad")
    form = f"{upload}?type=CALLS"
    assert "Tracking of calls is off" in browsing.text(form)
    tracking = upload.removesuffix("upload") + "tracking"
    led = browsing.send(tracking, at=form, type="CALLS", since="2026-03-01").headers["location"]
    assert led == form

    there = browsing.drop(form, "calls.csv", CALLS.encode("utf-16")).headers["location"]
    page = browsing.text(there)
    rejected = browsing.get(f"{there}/rejected.csv").text.splitlines()
    answer = browsing.send(there, at=there, answer="upload")

    assert [line.split(",")[:3] for line in rejected[1:]] == [["3", "PhoneNumber", "8 012"]]
    assert "Rows in the table 3 Will be uploaded 2 Rejected 1" in page
    assert "offline_call made with this upload 2" in page
    uploadings = shared.call("GET", f"{path}/offline_conversions/calls_uploadings")["uploadings"]
    (uploading,) = [shared.ended(path, one) for one in uploadings]
    assert uploading["type"] == "CALLS"
    assert (uploading["source_quantity"], uploading["linked_quantity"]) == (2, 1)
    assert "Calls, taken on" in browsing.text(answer.headers["location"])


def test_chats_are_checked_and_go_the_way_of_the_api(
    shared: Receiver, browsing: Browsing, upload: str
) -> None:
    path = upload.replace("/counter", "/management/v1/counter").removesuffix("/upload")
    table = (
        "ClientId,DateTime,ChatPlatform,ChatUsername,Price,Currency\n"
        f"{CLIENT},2026-03-19 10:00,telegram,anna,1290.50,RUB\n"
        ",2026-03-19 10:00,whatsapp,boris,,\n"
        ",2026-03-19 10:00,whatsapp,vera,,\n"
        ",2026-03-19 10:00,pigeon,boris,,\n"
    )

    there = browsing.drop(f"{upload}?type=CHATS", "chats.csv", table).headers["location"]
    page = browsing.text(there)
    browsing.send(there, at=there, answer="upload")

    assert "Rows in the table 4 Will be uploaded 3 Rejected 1" in page
    assert "Repeated in the table" not in page
    params = {"type": "CHATS"}
    found = shared.call("GET", f"{path}/offline_conversions/uploadings", params=params)
    (uploading,) = [shared.ended(path, one) for one in found["uploadings"]]
    assert (uploading["source_quantity"], uploading["line_quantity"]) == (3, 3)


def test_a_form_that_is_sent_twice_uploads_once(
    shared: Receiver, browsing: Browsing, upload: str
) -> None:
    there = browsing.drop(upload, "deals.csv", DEALS).headers["location"]
    word = {"form_word": browsing.get(there).text.split('name="form_word" value="')[1][:64]}

    twice = [browsing.post(there, data={"answer": "upload", **word}) for _ in range(2)]

    assert twice[0].headers["location"] == twice[1].headers["location"]
    assert len(_uploadings(shared, upload)) == 1


def test_a_table_that_was_thrown_away_is_gone(
    shared: Receiver, browsing: Browsing, upload: str
) -> None:
    before = _waiting(shared)
    there = browsing.drop(upload, "deals.csv", DEALS).headers["location"]

    browsing.send(there, at=there, answer="discard")

    assert _waiting(shared) == before
    assert browsing.get(there).status_code == 404


def test_a_table_that_nobody_comes_back_to_is_gone_after_an_hour(
    shared: Receiver, browsing: Browsing, upload: str
) -> None:
    left = browsing.drop(upload, "deals.csv", DEALS).headers["location"]
    shared.clock.advance(timedelta(minutes=61))

    browsing.drop(upload, "deals.csv", DEALS)

    assert browsing.get(left).status_code == 404


def test_a_check_is_seen_by_who_made_it_and_on_its_own_counter_alone(
    shared: Receiver, browsing: Browsing, upload: str
) -> None:
    there = browsing.drop(upload, "deals.csv", DEALS).headers["location"]
    elsewhere = there.replace(upload, f"/counter/{shared.shop().rpartition('/')[2]}/upload")
    assert browsing.get(elsewhere).status_code == 404

    token = shared.holder(Scope.WRITE).headers["Authorization"].removeprefix("OAuth ")
    another = Browsing.anew(shared, token)

    assert another.get(there).status_code == 404
    assert another.send(there, at=upload, answer="upload").status_code == 404


@pytest.mark.parametrize(
    ("name", "table", "sentence"),
    [
        ("deals.csv", b"", "No file was chosen, or it is empty."),
        ("deals.zip", b"PK\x03\x04", "This file is of no form that is taken here."),
        ("deals.csv", b"PK\x05\x06" + bytes(18), "This file is of no form that is taken here."),
        ("deals.csv", b"\x1f\x8b\x08", "This file is of no form that is taken here."),
        ("deals.exe", b"MZ", "This file is of no form that is taken here."),
        ("deals.csv", b"a,b\n1,2\n", "The table could not be read. The receiver says:"),
    ],
)
def test_a_file_that_is_no_table_is_told_so_and_not_kept(
    *,
    shared: Receiver,
    browsing: Browsing,
    upload: str,
    name: str,
    table: bytes,
    sentence: str,
) -> None:
    before = sorted(shared.settings.spool.iterdir())

    answer = browsing.drop(upload, name, table)

    assert answer.status_code == 400
    assert sentence in said(answer)
    assert sorted(shared.settings.spool.iterdir()) == before


def test_without_tracking_the_page_says_what_to_do(shared: Receiver, browsing: Browsing) -> None:
    counter = f"/counter/{shared.shop(since=None).rpartition('/')[2]}"

    assert "Tracking is off" in browsing.text(f"{counter}/upload")
    browsing.send(f"{counter}/tracking", at=counter, since="2026-03-01")

    assert "Drop the table here" in browsing.text(f"{counter}/upload")
