"""From a click on an advertisement to revenue in the console, in a browser and over real HTTP."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.cli.command import run
from tests.conftest import Running
from tests.receiver.console.conftest import Reader, signing_in
from tests.tag.site import Site, running_site

CUSTOMER = "customer-17"
A_PERSONS_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
"""Without it Chromium says that nobody sits before it, and no visit is made of a robot's hits."""


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(user_agent=A_PERSONS_BROWSER)
    yield context
    context.close()


@pytest.fixture
def marketer(chromium: Browser, running: Running) -> Iterator[Reader]:
    with signing_in(chromium, running) as page:
        yield Reader(page, running.address)


@pytest.fixture
def shop() -> Iterator[Site]:
    with running_site() as site:
        yield site


def test_an_order_of_the_crm_is_shown_at_the_advertisement_that_brought_its_customer(
    running: Running, shop: Site, visitor: BrowserContext, marketer: Reader, tmp_path: Path
) -> None:
    with running.shop() as metrica:
        counter = metrica.counter_id
    _visit(visitor.new_page(), shop, running, counter)
    _send_the_order(running, counter, tmp_path)

    page = marketer.open(f"/counter/{counter}/results")
    source = page.get_by_role("region", name="By source of the visit")
    expect(source.get_by_role("row", name="Advertising")).to_contain_text("12,990.50 RUB")
    page = marketer.open(f"/counter/{counter}/visits?source=ad")
    expect(page.get_by_role("row", name="boots")).to_have_count(1)
    with running.client(counter) as metrica:
        (uploading,) = metrica.uploadings()
    page = marketer.open(f"/counter/{counter}/uploading/{uploading.id}/rows")
    found = "UserId found a visit from: Advertising, campaign boots."
    expect(page.get_by_role("row", name="order_paid")).to_contain_text(found)


def _visit(page: Page, shop: Site, running: Running, counter: int) -> None:
    """Come by an advertisement, look around, and sign in."""
    tag = f"{running.address}/tag.js"
    shop.page(f"ym({counter}, 'init', {{}})", tag=tag)
    account = f"ym({counter}, 'init', {{}}); ym({counter}, 'setUserID', '{CUSTOMER}')"
    shop.page(account, "/account", tag=tag)
    with page.expect_response("**/collect") as seen:
        page.goto(f"{shop.shop}/?yclid=1234567890&utm_source=yandex&utm_campaign=boots")
    assert seen.value.status == 200
    with page.expect_response(
        lambda answer: CUSTOMER in (answer.request.post_data or "")
    ) as signed_in:
        page.goto(f"{shop.shop}/account")
    assert signed_in.value.status == 200


def _send_the_order(running: Running, counter: int, folder: Path) -> None:
    """The shop's CRM exports what was paid, and knows of the visitor no more than the account."""
    (folder / "deals.csv").write_text(
        "UserId,Target,DateTime,Price,Currency\n"
        f"{CUSTOMER},order_paid,{int(time.time())},12990.50,RUB\n"
    )
    variables = {
        "VISITJOIN_API": running.address,
        "VISITJOIN_TOKEN": running.token,
        "VISITJOIN_COUNTER": str(counter),
    }
    told = run("send", "deals.csv", folder=folder, variables=variables)
    lines = [line.split() for line in told.splitlines()]
    assert ["linked", "to", "a", "visit", "1", "12,990.50"] in lines
