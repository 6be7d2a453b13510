"""What the pages say, and what every page has."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from tests.receiver.conftest import CLIENT, STRANGER, TOKEN

from .browsing import POLICY, Browsing, said

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver

DAY = 86400
BOUGHT = 1_773_900_000
"""19 March 2026, 09:00 in Moscow."""


@pytest.fixture
def browsing(shared: Receiver) -> Browsing:
    return Browsing.anew(shared, TOKEN)


@pytest.fixture(scope="module")
def sold(shared: Receiver) -> str:
    """The path in the API of a shop that has sold three times, of which one was taken back."""
    path = shared.shop()
    shared.visit(
        path,
        f"v1,{CLIENT},{BOUGHT - 3 * DAY},ad",
        f"v2,{STRANGER},{BOUGHT - 60},organic",
    )
    uploads = (
        (f"{CLIENT},order_paid,{BOUGHT},100,RUB", f"{STRANGER},order_paid,{BOUGHT},7,USD"),
        (f"{CLIENT},order_paid,{BOUGHT},250,RUB", f"{CLIENT},order_paid,{BOUGHT + 60},50,RUB"),
    )
    for rows in uploads:
        shared.ended(path, shared.upload(path, *rows))
    correction = {"client_id": CLIENT, "target": "order_paid", "happened_at": BOUGHT + 60}
    asked = {"corrections": [correction | {"retract": True}]}
    shared.call("POST", f"{path.replace('management', 'visitjoin')}/corrections", json=asked)
    return path


def _console(path: str) -> str:
    return path.replace("/management/v1", "")


def test_results_are_those_of_the_apis_report(
    shared: Receiver, browsing: Browsing, sold: str
) -> None:
    report = shared.call("GET", f"{sold.replace('management', 'visitjoin')}/report")["report"]
    expected = {
        ("ad", "RUB", 1, Decimal(250)),
        ("organic", "USD", 1, Decimal(7)),
    }

    page = browsing.text(f"{_console(sold)}/results")

    assert {
        (row["traffic_source"], row["currency"], row["conversions"], Decimal(row["revenue"]))
        for row in report
    } == expected
    assert "Advertising 1 250.00 RUB" in page
    assert "Search engines 1 $7.00" in page
    assert "Order paid 2 250.00 RUB $7.00" in page
    assert "19 Mar 2026 2" in page
    assert "less than a day 1 50%" in page
    assert "2 to 3 days 1 50%" in page
    assert "100% (4 / 4)" in page


def test_results_of_a_year_are_told_by_week(browsing: Browsing, sold: str) -> None:
    page = browsing.text(f"{_console(sold)}/results?days=365")

    assert "Joined conversions by week" in page
    assert "14 Mar – 20 Mar 2026 2" in page


def test_a_period_that_is_none_of_those_offered_is_refused(browsing: Browsing, sold: str) -> None:
    assert browsing.get(f"{_console(sold)}/results?days=7").status_code == 400


def test_every_row_says_what_became_of_it(shared: Receiver, browsing: Browsing) -> None:
    shop = shared.shop()
    shared.visit(shop, f"v1,{CLIENT},{BOUGHT - 3 * DAY},ad")
    rows = (f"{CLIENT},order_paid,{BOUGHT + n},1,RUB" for n in range(60))
    last = f"{STRANGER},Order paid,{BOUGHT},1,RUB"
    uploading = shared.ended(shop, shared.upload(shop, *rows, "1,79E+18,order_paid,1,1,RUB", last))
    there = f"{_console(shop)}/uploading/{uploading['id']}/rows"

    first, second = browsing.text(there), browsing.text(f"{there}?page=2")

    assert "Page 1 of 2" in first
    assert "ClientId found a visit from: Advertising." in first
    assert 'Target "Order paid" is the name of goal' in second
    assert browsing.text(f"{there}?page=99") == second


def test_rows_are_shown_by_their_outcome(shared: Receiver, browsing: Browsing) -> None:
    shop = shared.shop()
    shared.visit(shop, f"v1,{CLIENT},{BOUGHT - 3 * DAY},ad")
    linked = (f"{CLIENT},order_paid,{BOUGHT + n},1,RUB" for n in range(60))
    strange = (f"{STRANGER},order_paid,{BOUGHT + n},1,RUB" for n in range(60))
    rows = [row for pair in zip(linked, strange, strict=True) for row in pair]
    uploading = shared.ended(shop, shared.upload(shop, *rows, "1,79E+18,order_paid,1,1,RUB"))
    there = f"{_console(shop)}/uploading/{uploading['id']}/rows"

    def numbers(asked: str) -> list[int]:
        browsing.text(there + asked)
        table = re.findall(r'<th scope="row">(\d+)</th>', browsing.get(there + asked).text)
        return [int(number) for number in table]

    assert numbers("?outcome=linked") == list(range(1, 101, 2))
    assert numbers("?outcome=linked&page=2") == list(range(101, 121, 2))
    assert numbers("?outcome=visitor_not_found&page=2") == list(range(102, 121, 2))
    assert numbers("?outcome=rejected") == [121]
    assert "No row ended so." in browsing.text(there + "?outcome=duplicate")
    assert "Page 1 of 2" in browsing.text(there + "?outcome=linked")
    assert "rows?outcome=visitor_not_found" in browsing.get(there.removesuffix("/rows")).text


def test_visits_are_shown_by_source_and_without_who_it_was(browsing: Browsing, sold: str) -> None:
    visits = f"{_console(sold)}/visits"

    everything, ads = browsing.text(visits), browsing.text(f"{visits}?source=ad")

    assert "Advertising 1" in everything
    assert everything.count("ClientId") == 2
    assert ads.count("ClientId") == 1
    assert CLIENT not in browsing.get(visits).text


def test_a_goal_is_created_and_deleted(shared: Receiver, browsing: Browsing) -> None:
    goals = f"{_console(shared.shop())}/goals"

    made = browsing.send(goals, at=goals, name="Call back", target="call_back")
    assert "The goal was created." in browsing.text(made.headers["location"])
    for target, sentence in (
        ("call_back", "A goal of this counter has this identifier already."),
        ("call/back", "without the signs that are not allowed"),
        ("", "without the signs that are not allowed"),
    ):
        answer = browsing.send(goals, at=goals, name="Again", target=target)
        assert answer.status_code == 400
        assert sentence in said(answer)

    link = browsing.get(goals).text.rpartition('/delete"')[0].rpartition('href="')[2] + "/delete"
    browsing.send(link, at=link)
    assert "call_back" not in browsing.text(goals)


def test_a_counter_is_created_and_shows_the_way(browsing: Browsing) -> None:
    refused = browsing.send("/", at="/", name="Shop of mine", site="", zone="Moscow")
    assert "There is no such time zone." in said(refused)

    made = browsing.send("/", at="/", name="Shop of mine", site="", zone="Asia/Omsk")

    page = browsing.text(made.headers["location"])
    assert "Shop of mine" in page
    assert "What to do next 1" not in page
    for step in ("Create a goal", "Enable tracking", "Bring visits", "Upload conversions"):
        assert step in page


def test_figures_of_a_year_ago_have_no_place_on_the_first_page(
    shared: Receiver, browsing: Browsing, sold: str
) -> None:
    assert "Joined conversions 2" in browsing.text(_console(sold))

    shared.clock.advance(timedelta(days=40))
    try:
        assert "Joined conversions 0" in Browsing.anew(shared, TOKEN).text(_console(sold))
    finally:
        shared.clock.advance(timedelta(days=-40))


def test_the_tag_names_the_counter_and_the_address_that_was_asked(
    browsing: Browsing, sold: str
) -> None:
    counter = sold.rpartition("/")[2]

    page = browsing.get(f"{_console(sold)}/tag", host="shop.example").text

    assert f"ym({counter}, &quot;init&quot;" in page or f'ym({counter}, "init"' in page
    assert "http://shop.example/tag.js" in page
    assert f"/collect?tid={counter}" in page


def test_every_page_is_small_and_strict_whatever_it_answers(browsing: Browsing, sold: str) -> None:
    counter = _console(sold)
    paths = [
        "/",
        "/sign-in",
        *(
            f"{counter}{page}"
            for page in ("", "/uploadings", "/upload", "/visits", "/goals", "/tag")
        ),
        f"{counter}/results?days=90",
        f"{counter}/upload/none",
        "/counter/999999",
        f"{counter}/uploading/999999",
        f"{counter}/results?days=seven",
    ]

    for path in paths:
        answer = browsing.get(path)
        assert answer.headers["content-security-policy"] == POLICY, path
        assert answer.headers["x-frame-options"] == "DENY", path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["cache-control"] == "no-store", path
        assert len(answer.content) < 200_000, path
        assert " style=" not in answer.text, path
        assert "<script>" not in answer.text.replace("&lt;script&gt;", ""), path


@pytest.mark.parametrize("path", ["/nothing", "/counter/1/nothing", "/counter/1/tracking"])
def test_a_mistyped_address_is_a_page_to_people_and_an_answer_to_programs(
    browsing: Browsing, path: str
) -> None:
    seen = browsing.get(path, accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")

    assert seen.status_code in {404, 405}
    assert "There is nothing here" in said(seen)
    assert seen.headers["content-security-policy"] == POLICY
    assert browsing.get(path, accept="*/*").json()["message"].startswith("There is no call")
    api = browsing.get(f"/management/v1{path}", accept="text/html")
    assert api.json()["code"] == 404


def test_what_is_in_a_comment_cannot_become_a_part_of_the_page(browsing: Browsing) -> None:
    name = "<script>alert(1)</script>"
    made = browsing.send("/", at="/", name=name, site='"><img src=x>', zone="UTC")

    page = browsing.get(made.headers["location"]).text + browsing.get("/").text

    assert name not in page
    assert "<img" not in page


def test_a_page_that_fails_says_nothing_of_why(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT},ad")
    for file in (receiver.settings.data / "lake" / "visits").rglob("*.parquet"):
        file.write_bytes(b"damaged")
    browsing = Browsing.anew(receiver, TOKEN)

    with capture_logs():
        page = browsing.text(f"{_console(path)}/visits")

    assert "This could not be counted." in page
    assert "parquet" not in page
