"""Who a visitor is: the ClientID in the cookies of the known names."""

import time

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.tag.site import Site

INIT = "ym(7, 'init', {});"
DAY = 24 * 3600
KNOWN = "1700000000123456789"


@pytest.fixture
def page(visitor: BrowserContext) -> Page:
    return visitor.new_page()


def cookies(visitor: BrowserContext) -> dict[str, dict[str, object]]:
    return {cookie["name"]: dict(cookie) for cookie in visitor.cookies()}


def known_since(visitor: BrowserContext, days: int) -> None:
    """The cookies that a tag has written on a day."""
    values = {"_ym_uid": KNOWN, "_ym_d": str(int(time.time()) - days * DAY)}
    visitor.add_cookies(
        [
            {"name": name, "value": value, "domain": ".shop.example", "path": "/"}
            for name, value in values.items()
        ]
    )


def test_a_new_visitor_is_given_a_client_id_of_the_known_form(
    site: Site, visitor: BrowserContext, page: Page
) -> None:
    before = int(time.time())

    page.goto(site.page(INIT))

    given = cookies(visitor)
    client_id = str(given["_ym_uid"]["value"])
    assert site.collected.hits(1)[0]["cid"] == client_id
    assert before <= int(client_id[:10]) <= time.time()
    assert 1_000_000 <= int(client_id[10:]) <= 999_999_999
    assert before <= int(str(given["_ym_d"]["value"])) <= time.time()
    assert given.keys() == {"_ym_uid", "_ym_d"}


def test_the_cookie_is_kept_a_year_for_the_whole_site_and_sent_to_no_other(
    site: Site, visitor: BrowserContext, page: Page
) -> None:
    page.goto(site.page(INIT))

    cookie = cookies(visitor)["_ym_uid"]
    assert (cookie["domain"], cookie["path"], cookie["sameSite"]) == (".shop.example", "/", "Lax")
    assert abs(float(str(cookie["expires"])) - time.time() - 365 * DAY) < 60


def test_a_host_without_a_domain_keeps_the_cookie_for_itself(
    site: Site, visitor: BrowserContext, page: Page
) -> None:
    site.page(INIT)

    page.goto(site.shop.replace("www.shop.example", "127.0.0.1"))

    site.collected.hits(1)
    assert cookies(visitor)["_ym_uid"]["domain"] == "127.0.0.1"


def test_a_visitor_is_the_same_on_every_page_and_on_every_host_of_the_site(
    site: Site, page: Page
) -> None:
    site.page(INIT)

    page.goto(site.shop)
    page.goto(site.shop.replace("www.", "basket."))

    first, second = site.collected.hits(2)
    assert first["cid"] == second["cid"]


def test_a_client_id_that_is_there_is_never_replaced(
    site: Site, visitor: BrowserContext, page: Page
) -> None:
    known_since(visitor, days=100)
    before = cookies(visitor)

    page.goto(site.page(INIT))

    assert site.collected.hits(1)[0]["cid"] == KNOWN
    assert cookies(visitor) == before


def test_after_half_its_time_it_is_written_again(
    site: Site, visitor: BrowserContext, page: Page
) -> None:
    known_since(visitor, days=200)

    page.goto(site.page(INIT))

    assert site.collected.hits(1)[0]["cid"] == KNOWN
    written = cookies(visitor)
    assert written["_ym_uid"]["value"] == KNOWN
    assert time.time() - int(str(written["_ym_d"]["value"])) < 60
    assert float(str(written["_ym_uid"]["expires"])) > time.time() + 300 * DAY


def test_a_lost_cookie_is_restored(site: Site, visitor: BrowserContext, page: Page) -> None:
    page.goto(site.page(INIT))
    visitor.clear_cookies()

    page.reload()

    first, second = site.collected.hits(2)
    assert first["cid"] == second["cid"] == cookies(visitor)["_ym_uid"]["value"]


def test_what_metrica_keeps_in_storage_is_taken(site: Site, page: Page) -> None:
    page.goto(site.page(f"localStorage._ym_uid = '\"{KNOWN}\"'; {INIT}"))

    assert site.collected.hits(1)[0]["cid"] == KNOWN


def test_nothing_is_written_before_a_counter_begins(
    site: Site, visitor: BrowserContext, page: Page
) -> None:
    """A page that asks for consent calls `init` once it is given."""
    page.goto(site.page("ym(7, 'reachGoal', 'early')"))
    page.wait_for_function("ym.visitjoin")

    assert visitor.cookies() == []
    assert page.evaluate("localStorage.length") == 0


def test_a_click_is_kept_for_the_order_form(
    site: Site, visitor: BrowserContext, page: Page
) -> None:
    address = site.page(INIT)

    page.goto(f"{address}?yclid=111")
    page.goto(f"{address}?yclid=222&utm_source=ad")
    page.goto(address)

    site.collected.hits(3)
    cookie = cookies(visitor)["_vj_yclid"]
    assert (cookie["value"], cookie["domain"]) == ("222", ".shop.example")
    assert abs(float(str(cookie["expires"])) - time.time() - 21 * DAY) < 60


def test_a_page_that_may_keep_nothing_is_counted(site: Site, page: Page) -> None:
    """In a sandboxed frame cookies and storage throw."""
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    address = site.page(f"{INIT} ym(7, 'reachGoal', 'x');", "/framed")
    site.pages["/"] = f'<iframe sandbox="allow-scripts" src="{address}"></iframe>'

    page.goto(site.shop)

    pageview, goal = site.collected.hits(2)
    assert pageview["cid"] == goal["cid"]
    assert faults == []
