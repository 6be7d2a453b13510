"""Behind a proxy the console stands where the proxy puts it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

import pytest

from tests.receiver.conftest import TOKEN

from .browsing import WORD, Browsing

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver

LINK: Final = re.compile(r' (?:href|src|action)="([^"#]+)"')
PAGES: Final = ("", "/results", "/uploadings", "/upload", "/visits", "/goals", "/uploading/999999")
SITE: Final = "https://shop.example"


@pytest.mark.parametrize("slash", ["", "/"])
def test_every_link_of_a_page_leads_to_the_receiver_under_the_prefix_of_a_proxy(
    shared: Receiver, slash: str
) -> None:
    shop = f"/counter/{shared.shop().rpartition('/')[2]}"
    browsing = Browsing.anew(shared, TOKEN)
    paths = ["/", "/sign-in", *(f"{shop}{page}{slash}" for page in PAGES)]

    links = {
        urljoin(f"{SITE}/stats{path}", unescape(link))
        for path in paths
        for link in LINK.findall(_without_the_tag(browsing.get(path).text))
    }

    assert {link for link in links if not link.startswith(f"{SITE}/stats/")} == set()
    found = {link: browsing.get(link.removeprefix(f"{SITE}/stats")).status_code for link in links}
    assert {link for link, status in found.items() if status == 404} == set()
    assert len(links) > 12


def _without_the_tag(page: str) -> str:
    return re.sub(r"(?s)<textarea.*?</textarea>", "", page)


def test_whoever_signs_in_behind_a_prefix_stays_behind_it(shared: Receiver) -> None:
    browsing = Browsing.anew(shared)
    word = WORD.search(browsing.get("/sign-in").text)
    assert word

    led = shared.client.get("/counter/1/goals", follow_redirects=False)
    fields = {"form_word": word[1], "token": TOKEN, "next": "/counter/1/goals"}
    back = shared.client.post("/sign-in", data=fields, follow_redirects=False)

    there = urljoin(f"{SITE}/stats/counter/1/goals", led.headers["location"])
    assert there == f"{SITE}/stats/sign-in?next=/counter/1/goals"
    assert urljoin(there, back.headers["location"]) == f"{SITE}/stats/counter/1/goals"


@pytest.mark.parametrize(
    ("told", "path"),
    [("/stats", "/stats/"), ("/stats/", "/stats/"), ("", "/"), ("/; Domain=x", "/"), ("//x", "/")],
)
def test_cookies_stay_under_the_prefix_that_the_proxy_tells(
    shared: Receiver, told: str, path: str
) -> None:
    shared.client.cookies.clear()

    answer = shared.client.get("/sign-in", headers={"X-Forwarded-Prefix": told})

    assert f"Path={path};" in answer.headers["set-cookie"]


def test_the_tag_has_the_address_that_the_proxy_tells(shared: Receiver) -> None:
    shop = f"/counter/{shared.shop().rpartition('/')[2]}"
    browsing = Browsing.anew(shared, TOKEN)
    told = {"X-Forwarded-Prefix": "/stats", "X-Forwarded-Proto": "https", "Host": "shop.example"}

    page = browsing.get(f"{shop}/tag", **told).text

    assert f"{SITE}/stats/tag.js" in page
    assert f"{SITE}/stats/collect?tid=" in page


@pytest.mark.parametrize("there", ["/https://evil.example", "/\t/evil.example", "/javascript:a"])
def test_no_way_back_leads_to_another_site(shared: Receiver, there: str) -> None:
    browsing = Browsing.anew(shared)
    word = WORD.search(browsing.get("/sign-in").text)
    assert word

    fields = {"form_word": word[1], "token": TOKEN, "next": there}
    answer = shared.client.post("/sign-in", data=fields, follow_redirects=False)

    there = urljoin(f"{SITE}/stats/sign-in", answer.headers["location"])
    assert there.startswith(f"{SITE}/stats/")
