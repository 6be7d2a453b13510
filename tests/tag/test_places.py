"""Where the tag is loaded from, and where it sends."""

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.tag.site import Site
from visitjoin.receiver.tag import the_tag

DOCS: Final = Path(__file__).parent.parent.parent / "docs/how-to/put-the-tag-on-a-site.md"
INIT: Final = "ym(7, 'init', {});"


def test_it_sends_beside_the_file_it_was_loaded_from(site: Site, page: Page) -> None:
    """A proxy of the shop may have the receiver under a prefix."""
    site.page(INIT, "/a", tag=f"{site.receiver}/m/tag.js?v=1")
    site.page(INIT, "/b", tag=f"{site.receiver}/m/metrika/tag.js")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))

    page.goto(f"{site.shop}/a")
    page.goto(f"{site.shop}/b")

    site.collected.hits(2)
    assert sent.count(f"{site.receiver}/m/collect") == 2


def test_a_page_that_brings_the_tag_itself_says_where_to_send(site: Site, page: Page) -> None:
    site.pages["/bundle.js"] = the_tag().script.decode()
    where = f"window.visitjoin = {{collect: '{site.receiver}/collect'}};"

    page.goto(site.page(where + INIT, tag=f"{site.shop}/bundle.js"))

    assert site.collected.hits(1)[0]["tid"] == "7"


def test_a_script_element_may_say_so_too(site: Site, page: Page) -> None:
    site.pages["/own.js"] = the_tag().script.decode()
    site.pages["/"] = (
        f'<script async src="/own.js" data-collect="{site.receiver}/collect"></script>'
        f"<script>function ym() {{ (ym.a = ym.a || []).push(arguments) }} {INIT}</script>"
    )

    page.goto(site.shop)

    assert site.collected.hits(1)[0]["tid"] == "7"


def test_it_stands_beside_metricas_own_tag_under_another_name(site: Site, page: Page) -> None:
    theirs = "window.ym = () => { window.theirs = true; }; window.Ya = {theirs: true};"
    site.pages["/"] = (
        f"<script>{theirs}"
        "function vj() { (vj.a = vj.a || []).push(arguments) } vj(7, 'init', {});</script>"
        f'<script async src="{site.receiver}/tag.js" data-name="vj"></script>'
    )

    page.goto(site.shop)
    page.evaluate("ym(9, 'hit', '/')")

    assert [hit["tid"] for hit in site.collected.hits(1)] == ["7"]
    assert page.evaluate("[window.theirs, Ya.theirs, typeof yaCounter7]") == [
        *(True, True),
        "undefined",
    ]


def test_a_tag_that_is_loaded_twice_counts_once(site: Site, page: Page) -> None:
    page.goto(site.page(INIT))
    page.add_script_tag(url=f"{site.receiver}/metrika/tag.js")

    page.evaluate("ym(7, 'init', {}); ym(7, 'reachGoal', 'once')")

    assert [hit["t"] for hit in site.collected.hits(2)] == ["pageview", "event"]


@pytest.mark.parametrize("number", [0, 2], ids=["the snippet", "beside Metrica's"])
def test_what_is_to_be_pasted_from_the_page_of_the_docs_works(
    site: Site, page: Page, number: int
) -> None:
    pasted = re.findall(r"```html\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)[number]
    site.pages["/"] = pasted.replace("https://metrics.shop.example", site.receiver)

    page.goto(site.shop)

    (hit,) = site.collected.hits(1)
    assert (hit["tid"], hit["t"], hit["dl"]) == ("1", "pageview", f"{site.shop}/")


def test_without_scripts_the_image_is_asked_for(site: Site, chromium: Browser) -> None:
    pasted = re.findall(r"```html\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)[0]
    site.pages["/"] = pasted.replace("https://metrics.shop.example", site.receiver)

    with chromium.new_context(java_script_enabled=False) as context:
        context.new_page().goto(f"{site.shop}/?utm_source=ad")

    assert site.collected.hits(1) == [{"tid": "1", "t": "pageview"}]
    assert site.collected.referrers == [f"{site.shop}/?utm_source=ad"]
