"""Other people's wrappers work as they are: only the address of their script is another."""

import json

import pytest
from playwright.sync_api import Page

from tests.clients.environments import NotHere
from tests.tag.npm import bundled
from tests.tag.site import Hit, Site

pytestmark = pytest.mark.clients


def open_shop(site: Site, page: Page, program: str, script: str, *, version: str = "2") -> None:
    """Open a page that is made by a program, whose wrapper loads the script."""
    try:
        site.pages["/shop.js"] = bundled(program)
    except NotHere as reason:
        pytest.skip(str(reason))
    site.pages["/"] = (
        '<!doctype html><title>Shop</title><div id="shop"></div>'
        f"<script>window.tag = '{site.receiver}{script}'; window.version = '{version}';</script>"
        '<script src="/shop.js"></script>'
    )
    page.goto(site.shop)
    page.wait_for_function("window.given")
    assert page.evaluate("window.given") == site.collected.hits(5)[0]["cid"]


def told(hits: list[Hit], site: Site) -> list[dict[str, object]]:
    """What the hits of a shop say, without what is of the browser."""
    for hit in hits:
        assert hit["tid"] == "7"
    return [
        {
            name: json.loads(value) if name == "params" else value.removeprefix(site.shop)
            for name, value in hit.items()
            if name not in {"tid", "cid", "hid", "sr", "dt"}
        }
        for hit in hits
    ]


CALLED = [
    {"t": "event", "params": {"__ym": {"user_id": "u-1"}}},
    {"t": "event", "params": {"step": "cart"}},
    {
        "t": "event",
        "ea": "order_paid",
        "ev": "990.5",
        "cu": "RUB",
        "params": {"order_price": 990.5, "currency": "RUB"},
    },
]


@pytest.mark.parametrize(
    ("version", "script"), [("1", "/metrika/watch.js"), ("2", "/metrika/tag.js")]
)
def test_react_yandex_metrika(site: Site, page: Page, version: str, script: str) -> None:
    open_shop(site, page, "with_react.js", script, version=version)

    assert told(site.collected.hits(5), site) == [
        {"t": "pageview", "dl": "/"},
        {"t": "pageview", "dl": "/cart", "dr": "/"},
        *({**call, "dl": "/"} for call in CALLED),
    ]


def test_vue_yandex_metrika(site: Site, page: Page) -> None:
    open_shop(site, page, "with_vue.js", "/tag.js")

    assert told(site.collected.hits(5), site) == [
        {"t": "pageview", "dl": "/"},
        {"t": "pageview", "dl": "/cart", "dr": "/"},
        *({**call, "dl": "/cart"} for call in CALLED),
    ]
