"""A real receiver in a process of its own, for tests that need the other end."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import browser as _browser
from tests import postgresql as _postgresql
from visitjoin.sender.api.client import Metrica


@dataclass(frozen=True)
class Running:
    """A running receiver: its address, its administrator's token, and its folder."""

    address: str
    token: str
    data: Path

    def client(self, counter: int = 0) -> Metrica:
        return Metrica(counter=counter, token=self.token, base_url=self.address)

    def shop(self, *, tracked_days: float | None = 20, zone: str = "Europe/Moscow") -> Metrica:
        """A client of a new counter with the goal `order_paid` and, unless None, tracking."""
        with self.client() as admin:
            counter = admin.create_counter("Shop", time_zone_name=zone)
        shop = self.client(counter.id)
        shop.create_goal("Order paid", "order_paid")
        if tracked_days is not None:
            shop.enable_tracking(since=datetime.now(UTC) - timedelta(days=tracked_days))
        return shop


@pytest.fixture(autouse=True)
def _own_ledgers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the ledgers of another, or of the person who runs it."""
    monkeypatch.setenv("VISITJOIN_LEDGERS", str(tmp_path / "ledgers"))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One receiver for the whole session; each test takes a counter of its own."""
    folder: Path = tmp_path_factory.mktemp("receiver")
    token = secrets.token_urlsafe(24)
    with (folder / "receiver.log").open("w") as log:
        process = subprocess.Popen(
            # What is sent again is for the tests of the sender, so nothing is linked late here.
            [
                *(sys.executable, "-m", "visitjoin", "serve", "--data", folder / "data"),
                *("--port", "0", "--late-visit-days", "0"),
            ],
            env=os.environ | {"VISITJOIN_ADMIN_TOKEN": token},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout is not None
        first = process.stdout.readline().strip()
        assert first.startswith("Listening on "), (folder / "receiver.log").read_text()
        yield Running(first.removeprefix("Listening on "), token, folder / "data")
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[_postgresql.Server]:
    """One PostgreSQL server for the whole session; each test takes a database of its own."""
    with _postgresql.server() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole session; each test takes a context or a page of its own."""
    with _browser.chromium() as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """The browser's event loop is the running one for its own tests alone: see tests/browser.py."""
    if isinstance(item, pytest.Function) and "chromium" in item.fixturenames:
        _browser.resume()
    yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    if nextitem is None:  # the session ends, and the browser with it
        _browser.resume()
    try:
        yield
    finally:
        _browser.suspend()
