"""The calls that sites already make arrive as hits of the Measurement Protocol."""

import json
import re

from playwright.sync_api import Page

from tests.tag.site import Site


def test_a_page_with_the_snippet_is_a_pageview(site: Site, page: Page) -> None:
    address = site.page("ym(7, 'init', {clickmap: true, trackLinks: true, webvisor: true})")

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
