"""Debian's Chromium, for what has to be seen in a browser."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

_CHROMIUM: Final = shutil.which("chromium")

_ARGUMENTS: Final = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    # It is to speak to nobody but the test.
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # Every name is this machine: a page has the host it would have in the world, and stays here.
    "--host-resolver-rules=MAP * 127.0.0.1",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; the test is skipped where there is none.

    Not for a whole session: while Playwright runs, no other test of its process can start an event
    loop.
    """
    if _CHROMIUM is None:
        pytest.skip("Chromium is not on this machine: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()
