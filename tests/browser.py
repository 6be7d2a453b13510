"""Debian's Chromium, one for all tests of a process that look at something in a browser.

While Playwright is started, its event loop counts as running in its thread, also between its calls,
and `asyncio.run` refuses to start another: every later test that needs one would fail. So the loop
is the running one only while a test with a browser runs (tests/conftest.py).
"""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

_ARGUMENTS: Final = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    # It is to speak to nobody but the test.
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # Every name is this machine: a page has the host it would have in the world, and stays here.
    "--host-resolver-rules=MAP * 127.0.0.1",
]

_loops: Final[list[asyncio.AbstractEventLoop]] = []
"""That of the browser, while there is one."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; the test is skipped where there is none."""
    command = shutil.which("chromium")
    if command is None:
        pytest.skip("Chromium is not on this machine: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=command, args=_ARGUMENTS)
        _loops.append(asyncio.get_running_loop())
        yield browser
        browser.close()
        _loops.clear()


def resume() -> None:
    """Before the browser is asked for anything."""
    for loop in _loops:
        asyncio._set_running_loop(loop)


def suspend() -> None:
    """Before anything else may want an event loop."""
    if _loops:
        asyncio._set_running_loop(None)
