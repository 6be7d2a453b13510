"""A browser for all tests of the tag; each has a site of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import chromium
from tests.tag.site import Site, running_site


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def anybody(browser: Browser) -> BrowserContext:
    return browser.new_context()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody whose browser has no cookie yet."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def page(anybody: BrowserContext) -> Iterator[Page]:
    """A page of somebody who may have seen other sites of the tests.

    These have other ports, so nothing but the cookies is left of them.
    """
    page = anybody.new_page()
    yield page
    page.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site
