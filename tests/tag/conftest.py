"""Visitors, and a site for each test of the tag."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.tag.site import Site, running_site


@pytest.fixture(scope="session")
def anybody(chromium: Browser) -> BrowserContext:
    return chromium.new_context()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """Somebody whose browser has no cookie yet."""
    context = chromium.new_context()
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
