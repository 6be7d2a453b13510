"""A hit arrives, whatever becomes of the page and of the connection, and counts once."""

import time

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.tag.site import WHY, Site

INIT = "ym(7, 'init', {});"
WITHOUT_KEEPALIVE = "delete Request.prototype.keepalive;"
WITHOUT_BEACON = "delete Navigator.prototype.sendBeacon;"


@pytest.fixture
def page(visitor: BrowserContext) -> Page:
    return visitor.new_page()


def kept(page: Page) -> int:
    return int(page.evaluate("JSON.parse(localStorage._vj_out).length"))


def test_what_is_made_in_one_go_is_sent_in_one_request(site: Site, page: Page) -> None:
    page.goto(site.page(f"{INIT} ym(7, 'reachGoal', 'a'); ym(7, 'reachGoal', 'b');"))

    site.collected.hits(3)
    assert [len(request) for request in site.collected.requests] == [3]


def test_what_has_arrived_is_forgotten(site: Site, page: Page) -> None:
    page.goto(site.page(INIT))

    site.collected.hits(1)
    page.wait_for_function("localStorage._vj_out === '[]'")
    page.reload()
    site.collected.hits(2)


@pytest.mark.parametrize("status", [503, 429, 0], ids=["fault", "too many", "cut connection"])
def test_what_did_not_arrive_is_sent_again_from_the_next_page(
    site: Site, page: Page, status: int
) -> None:
    site.collected.statuses = [status]
    started = int(time.time())
    page.clock.set_fixed_time(started)
    page.goto(site.page(INIT))
    site.collected.hits(1)
    site.page(INIT, "/next")

    page.clock.set_fixed_time(started + 60)
    page.goto(f"{site.shop}/next")

    lost, *later = site.collected.arrived(3)
    (again,) = [hit for hit in later if "et" in hit]
    (new,) = [hit for hit in later if "et" not in hit]
    assert again == {**lost, "et": str(started)}
    assert (new["dl"], new["hid"] != again["hid"]) == (f"{site.shop}/next", True)
    page.wait_for_function("localStorage._vj_out === '[]'")


def test_what_is_refused_is_not_sent_again(site: Site, page: Page) -> None:
    site.collected.statuses = [400]
    page.goto(site.page(INIT))
    page.wait_for_function("localStorage._vj_out === '[]'")

    page.reload()

    site.collected.hits(2)


def test_what_is_refused_is_told_to_whoever_put_up_the_page(site: Site, page: Page) -> None:
    """With the wrong number of a counter, the network's panel alone would tell."""
    site.collected.statuses = [404]

    with page.expect_console_message(lambda message: message.type == "warning") as told:
        page.goto(site.page(INIT))

    assert told.value.text == f"visitjoin: {WHY.decode()}"


def test_of_several_the_one_that_is_refused_does_not_take_the_others_with_it(
    site: Site, page: Page
) -> None:
    site.collected.statuses = [404, 204, 404, 204]

    page.goto(site.page("ym(7, 'init', {}); ym(8, 'init', {}); ym(7, 'reachGoal', 'a');"))

    together, alone = site.collected.arrived(6)[:3], site.collected.arrived(6)[3:]
    assert alone == together
    page.wait_for_function("localStorage._vj_out === '[]'")


def test_hits_that_are_made_while_one_is_on_its_way_follow_it_in_their_order(
    site: Site, page: Page
) -> None:
    page.goto(site.page(INIT))

    page.evaluate("'abc'.split('').forEach((name) => setTimeout(() => ym(7, 'reachGoal', name)))")

    assert [hit.get("ea") for hit in site.collected.hits(4)] == [None, "a", "b", "c"]


def test_what_failed_is_sent_again_as_soon_as_something_gets_through(
    site: Site, page: Page
) -> None:
    """An application of one page may have no next page for hours."""
    site.collected.statuses = [503]
    page.goto(site.page(INIT))
    site.collected.hits(1)

    page.evaluate("ym(7, 'reachGoal', 'later')")

    first, later, again = site.collected.arrived(3)
    assert (later["ea"], again["hid"]) == ("later", first["hid"])


def test_a_visitor_who_is_offline_fills_no_storage_and_old_hits_are_dropped(
    site: Site, visitor: BrowserContext, page: Page
) -> None:
    page.clock.set_fixed_time(1_800_000_000)
    page.goto(site.page(INIT))
    page.wait_for_function("localStorage._vj_out === '[]'")

    visitor.set_offline(offline=True)
    page.evaluate("for (let n = 0; n < 200; n += 1) ym(7, 'reachGoal', `goal_${n}`)")
    assert kept(page) == 50
    page.clock.set_fixed_time(1_800_000_000 + 13 * 3600)
    visitor.set_offline(offline=False)
    page.reload()

    assert [hit["t"] for hit in site.collected.hits(2)] == ["pageview", "pageview"]


@pytest.mark.parametrize("without", ["", WITHOUT_KEEPALIVE, WITHOUT_BEACON])
def test_hits_of_the_last_moment_arrive(site: Site, page: Page, without: str) -> None:
    last = "ym(7, 'reachGoal', 'a'); ym(7, 'params', {b: 1});"
    leave = f"addEventListener('pagehide', () => {{ {last} }})"
    page.add_init_script(without)
    page.goto(site.page(f"{INIT} {leave};"))
    site.collected.hits(1)

    page.goto("about:blank")

    _, goal, params = site.collected.hits(3)
    assert (goal["ea"], params["params"]) == ("a", '{"b":1}')


def test_what_waits_for_an_answer_as_the_page_is_left_goes_in_one_beacon(
    site: Site, page: Page
) -> None:
    site.collected.answering.clear()
    page.goto(site.page(INIT))
    site.collected.hits(1)
    page.evaluate("ym(7, 'reachGoal', 'a')")
    page.evaluate("ym(7, 'reachGoal', 'b')")

    page.goto("about:blank")

    site.collected.hits(3)
    site.collected.answering.set()
    assert [[hit.get("ea") for hit in request] for request in site.collected.requests] == [
        [None],
        ["a", "b"],
    ]


def test_what_is_made_offline_arrives_as_soon_as_the_visitor_is_online(
    site: Site, visitor: BrowserContext, page: Page
) -> None:
    page.goto(site.page(INIT))
    site.collected.hits(1)

    visitor.set_offline(offline=True)
    page.evaluate("ym(7, 'reachGoal', 'a')")
    visitor.set_offline(offline=False)

    assert site.collected.hits(2)[1]["ea"] == "a"


def test_a_page_that_is_made_ready_and_not_yet_seen_sends_nothing(site: Site, page: Page) -> None:
    """No page of a test is prerendered by itself, so the page says that it is."""
    shown = "Object.defineProperty(document, 'prerendering', {writable: true, value: true})"
    page.add_init_script(shown)
    page.goto(site.page(INIT))
    page.wait_for_function("window.yaCounter7")
    assert site.collected.requests == []

    page.evaluate("document.prerendering = false")
    page.evaluate("document.dispatchEvent(new Event('prerenderingchange'))")

    assert [hit["t"] for hit in site.collected.hits(1)] == ["pageview"]


def test_a_page_that_has_filled_its_storage_is_counted(site: Site, page: Page) -> None:
    fill = (
        "for (let size = 2 ** 23; size; size >>= 1)"
        " try { localStorage.x += 'x'.repeat(size) } catch {}"
    )

    page.goto(site.page(f"{fill}; {INIT} ym(7, 'reachGoal', 'a');"))

    assert [hit.get("ea") for hit in site.collected.hits(2)] == [None, "a"]


@pytest.mark.parametrize(
    ("without", "method"),
    [(WITHOUT_KEEPALIVE, "POST"), (WITHOUT_KEEPALIVE + WITHOUT_BEACON, "GET")],
    ids=["by a beacon", "by images"],
)
def test_an_older_browser_sends_in_its_own_way(
    site: Site, page: Page, without: str, method: str
) -> None:
    page.add_init_script(without)

    page.goto(site.page(f"{INIT} ym(7, 'reachGoal', 'a');"))

    hits = site.collected.hits(2)
    assert {hit["t"] for hit in hits} == {"pageview", "event"}
    assert set(site.collected.methods) == {method}
    assert kept(page) == 0


def test_more_than_outlives_a_page_goes_in_several_requests(site: Site, page: Page) -> None:
    page.goto(site.page(INIT))
    site.collected.hits(1)

    page.evaluate("for (let n = 0; n < 3; n += 1) ym(7, 'params', {text: 'x'.repeat(25000)})")

    site.collected.hits(4)
    assert sorted(len(request) for request in site.collected.requests) == [1, 1, 2]
