"""The calls that sites already make arrive as hits of the Measurement Protocol."""

import json
import re

import pytest
from playwright.sync_api import Page

from tests.tag.site import Hit, Site

INIT = "ym(7, 'init', {clickmap: true, trackLinks: true, webvisor: true});"
DEFERRED = "ym(7, 'init', {defer: true});"


def event(hit: Hit) -> Hit:
    """What is said of an event beside whose it is and where."""
    assert hit["t"] == "event"
    return {name: hit[name] for name in hit.keys() - {"tid", "cid", "hid", "t", "dl"}}


def test_a_page_with_the_snippet_is_a_pageview(site: Site, page: Page) -> None:
    address = site.page(INIT)

    page.goto(f"{address}?utm_source=ad&yclid=42", referer="https://search.example/")

    (hit,) = site.collected.hits(1)
    assert hit.pop("cid").isdecimal()
    assert re.fullmatch("[0-9a-z]{10,}", hit.pop("hid"))
    assert hit == {
        "tid": "7",
        "t": "pageview",
        "dl": f"{address}?utm_source=ad&yclid=42",
        "dr": "https://search.example/",
        "dt": "Shop /",
        "sr": "1280x720x24",
    }


def test_parameters_of_init_come_with_the_pageview(site: Site, page: Page) -> None:
    page.goto(site.page("ym(7, 'init', {params: {shop: 1}, userParams: {vip: true}})"))

    pageview, of_user = site.collected.hits(2)
    assert json.loads(pageview["params"]) == {"shop": 1}
    assert event(of_user) == {"params": '{"__ymu":{"vip":true}}'}


def test_a_goal_brings_its_price_and_currency(site: Site, page: Page) -> None:
    goal = "ym(7, 'reachGoal', 'order_paid', {order_price: 990.5, currency: 'RUB', size: 'L'});"
    address = site.page(INIT + goal)

    page.goto(address)

    _, hit = site.collected.hits(2)
    assert (hit["tid"], hit["dl"]) == ("7", address)
    params = {"order_price": 990.5, "currency": "RUB", "size": "L"}
    assert json.loads(hit["params"]) == params
    assert event(hit) == {"ea": "order_paid", "ev": "990.5", "cu": "RUB", "params": hit["params"]}


def test_parameters_that_cannot_be_written_down_do_not_cost_the_goal(
    site: Site, page: Page
) -> None:
    page.goto(site.page(f"const a = {{}}; a.a = a; {INIT} ym(7, 'reachGoal', 'order_paid', a);"))

    assert event(site.collected.hits(2)[1]) == {"ea": "order_paid"}


def test_what_is_said_of_visitor_and_visit_comes_as_parameters(site: Site, page: Page) -> None:
    calls = """
        ym(7, 'setUserID', 'u-1');
        ym(7, 'setUserID', 17);
        ym(7, 'params', {step: 'cart'});
        ym(7, 'userParams', {vip: 1});
    """

    page.goto(site.page(INIT + calls))

    _, *hits = site.collected.hits(5)
    assert [event(hit) for hit in hits] == [
        {"params": '{"__ym":{"user_id":"u-1"}}'},
        {"params": '{"__ym":{"user_id":"17"}}'},
        {"params": '{"step":"cart"}'},
        {"params": '{"__ymu":{"vip":1}}'},
    ]


def test_a_user_id_that_is_none_is_not_sent(site: Site, page: Page) -> None:
    """A page whose variable is not filled would make one person of all its visitors."""
    page.goto(site.page(f"{INIT} ym(7, 'setUserID', undefined); ym(7, 'reachGoal', 'after');"))

    assert [hit.get("ea") for hit in site.collected.hits(2)] == [None, "after"]


def test_the_client_id_is_given_as_the_text_that_is_sent(site: Site, page: Page) -> None:
    page.goto(site.page(f"{INIT} ym(7, 'getClientID', (id) => {{ window.given = id; }});"))

    page.wait_for_function("window.given")
    assert page.evaluate("window.given") == site.collected.hits(1)[0]["cid"]


def test_callbacks_are_called_with_their_context(site: Site, page: Page) -> None:
    called = "function () { (window.called ||= []).push(this.name); }"
    calls = f"""
        ym(7, 'reachGoal', 'a', {{}}, {called}, {{name: 'goal'}});
        ym(7, 'reachGoal', 'b', {called}, {{name: 'no params'}});
        ym(7, 'hit', '/a', {{callback: {called}, ctx: {{name: 'hit'}}}});
        ym(7, 'notBounce', {{callback: {called}, ctx: {{name: 'harmless'}}}});
        ym(7, 'extLink', '/b', {{callback: {called}, ctx: {{name: 'link'}}}});
    """

    page.goto(site.page(INIT + calls))

    page.wait_for_function("window.called?.length === 5")
    assert page.evaluate("window.called") == ["goal", "no params", "hit", "harmless", "link"]


def test_calls_before_init_wait_for_it(site: Site, page: Page) -> None:
    page.goto(site.page(f"ym(7, 'reachGoal', 'early'); ym(8, 'reachGoal', 'never'); {INIT}"))

    assert [(hit["tid"], hit["t"]) for hit in site.collected.hits(2)] == [
        ("7", "pageview"),
        ("7", "event"),
    ]


def test_calls_come_after_the_tag_is_there_too_by_whatever_name(site: Site, page: Page) -> None:
    page.goto(site.page(f"window.stub = ym; {INIT}"))

    page.evaluate("stub(7, 'reachGoal', 'by_the_stub')")
    page.evaluate("ym(7, 'reachGoal', 'by_the_tag')")
    page.evaluate("yaCounter7.reachGoal('by_the_counter')")

    goals = [hit.get("ea") for hit in site.collected.hits(4)]
    assert goals == [None, "by_the_stub", "by_the_tag", "by_the_counter"]


def test_an_application_of_one_page_says_when_there_is_another(site: Site, page: Page) -> None:
    address = site.page(INIT)
    page.goto(address, referer="https://ad.example/")

    page.evaluate("ym(7, 'hit', '/cart', {title: 'Cart', params: {items: 2}})")
    page.evaluate("ym(7, 'hit', '/paid', {referer: '/checkout'})")
    page.evaluate("ym(7, 'hit', '/thanks', 'Thanks', '/paid', {n: 1})")

    _, cart, paid, thanks = site.collected.hits(4)
    assert (cart["dl"], cart["dr"], cart["dt"]) == (f"{address}cart", address, "Cart")
    assert cart["params"] == '{"items":2}'
    assert (paid["dl"], paid["dr"]) == (f"{address}paid", f"{address}checkout")
    assert (thanks["dt"], thanks["dr"], thanks["params"]) == ("Thanks", f"{address}paid", '{"n":1}')


def test_a_deferred_counter_begins_with_the_first_hit_it_is_told_of(site: Site, page: Page) -> None:
    address = site.page("ym(7, 'init', {defer: true, params: {shop: 1}}); ym(7, 'hit', '/a');")

    page.goto(address, referer="https://ad.example/")

    (hit,) = site.collected.hits(1)
    assert (hit["dl"], hit["dr"]) == (f"{address}a", "https://ad.example/")
    assert hit["params"] == '{"shop":1}'


def test_a_change_of_the_hash_is_a_page_where_the_site_says_so(site: Site, page: Page) -> None:
    address = site.page("ym(7, 'init', {trackHash: true})")
    page.goto(address)

    page.evaluate("location.hash = 'cart'")

    assert [hit["dl"] for hit in site.collected.hits(2)] == [address, f"{address}#cart"]


def test_the_page_is_told_when_a_counter_is_there(site: Site, page: Page) -> None:
    told = "document.addEventListener('yacounter7inited', () => yaCounter7.reachGoal('told'));"

    page.goto(site.page(f"{told} ym(7, 'init', {{triggerEvent: true}})"))

    assert event(site.collected.hits(2)[1]) == {"ea": "told"}


def test_two_counters_on_a_page_are_two(site: Site, page: Page) -> None:
    page.goto(site.page(f"{INIT} ym(8, 'init', {{}}); {INIT} ym(8, 'reachGoal', 'x');"))

    hits = site.collected.hits(3)
    assert [(hit["tid"], hit["t"]) for hit in hits] == [
        ("7", "pageview"),
        ("8", "pageview"),
        ("8", "event"),
    ]
    assert len({hit["cid"] for hit in hits}) == 1


def test_a_counter_that_is_destructed_counts_no_more_and_may_begin_again(
    site: Site, page: Page
) -> None:
    old = "ym(7, 'destruct'); old.reachGoal('gone'); old.hit('/gone');"

    page.goto(site.page(f"{INIT} ym(7, 'getClientID', () => {{}});"))
    page.evaluate(f"const old = yaCounter7; {old} {INIT} ym(7, 'reachGoal', 'again');")

    assert [hit.get("ea") for hit in site.collected.hits(3)] == [None, None, "again"]


OLDER = """
(function (d, w, c) {
  (w[c] = w[c] || []).push(function () {
    w.yaCounter7 = new Ya.CONSTRUCTOR;
    w.yaCounter7.reachGoal('order_paid');
  });
  var s = d.createElement('script'); s.async = true; s.src = 'TAG';
  d.head.appendChild(s);
})(document, window, 'QUEUE');
"""
"""The snippets that Metrica printed before `ym`."""


@pytest.mark.parametrize(
    ("path", "constructor", "queue"),
    [
        ("/metrika/watch.js", "Metrika({id: 7, clickmap: true})", "yandex_metrika_callbacks"),
        ("/metrika/watch.js", "Metrika(7)", "yandex_metrika_callbacks"),
        ("/metrika/tag.js", "Metrika2({id: 7, defer: false})", "yandex_metrika_callbacks2"),
    ],
)
def test_the_older_snippets_work(
    site: Site, page: Page, path: str, constructor: str, queue: str
) -> None:
    snippet = OLDER.replace("CONSTRUCTOR", constructor).replace("QUEUE", queue)
    site.pages["/"] = f"<script>{snippet.replace('TAG', site.receiver + path)}</script>"

    page.goto(site.shop)

    assert [hit["t"] for hit in site.collected.hits(2)] == ["pageview", "event"]


def test_no_call_throws_into_the_page(site: Site, page: Page) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    warnings: list[str] = []
    page.on("console", lambda message: warnings.append(message.text))
    wrong = """
        ym(); ym('shop', 'init'); ym(7, 'noSuchCall', null); ym(7, 'hit', 'http://');
        ym(7, 'reachGoal'); ym(7, 'setUserID', {}); ym(7, 'params', null); ym(7, 'getClientID', 1);
        ym(7, 'addFileExtension', ['pdf']); ym(7, 'replacePhones'); ym(7, 'init', null);
        new Ya.Metrika(); new Ya.Metrika2({});
    """
    page.goto(site.page(INIT))

    page.evaluate(wrong)
    page.evaluate("ym(7, 'reachGoal', 'still_there')")

    assert site.collected.hits(5)[-1]["ea"] == "still_there"
    assert faults == []
    assert len(warnings) == 1
    assert warnings[0].startswith("visitjoin: ")
