"""A receiver in the test's own process, with a clock that the test moves."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from visitjoin.contract.scopes import Scope
from visitjoin.receiver import Settings, create_app
from visitjoin.receiver.catalog.tokens import tokens
from visitjoin.receiver.issuing import issue_token

TOKEN: Final = "a-token-of-the-tests-1234"  # noqa: S105 - of nobody
NOW: Final = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
CLIENT: Final = "1700000000123456789"
"""The ClientId of a visitor who is known."""

STRANGER: Final = "1700000000999999999"

Json: TypeAlias = Any
"""An answer as it came, or what is asked."""


@dataclass
class MovableClock:
    """Answers the moment that the test has set."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Receiver:
    """A running receiver, and what the tests keep asking of it."""

    client: TestClient[Litestar]
    clock: MovableClock
    settings: Settings
    headers: dict[str, str] = field(default_factory=lambda: {"Authorization": f"OAuth {TOKEN}"})

    def call(self, method: str, path: str, **more: Json) -> Json:
        """Call, expect an answer, and return it."""
        answer = self.client.request(method, path, headers=self.headers, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, method: str, path: str, **more: Json) -> tuple[int, str, str]:
        """Call, expect an error in the API's form; return its status, type and message."""
        answer = self.client.request(method, path, headers=self.headers, **more)
        error = answer.json()
        assert error["code"] == answer.status_code
        assert error["message"] == error["errors"][0]["message"]
        return answer.status_code, error["errors"][0]["error_type"], error["message"]

    def holder(
        self, *scopes: Scope, counters: Collection[int] | None = None, days: int | None = None
    ) -> Receiver:
        """The same receiver, as somebody sees it who holds a token of these scopes."""
        catalog = self.client.app.state.door.catalog
        name = f"token-{len(tokens(catalog))}"
        token = issue_token(
            catalog, name, scopes=scopes, bound_to=counters, days=days, now=self.clock()
        )
        return replace(self, headers={"Authorization": f"OAuth {token}"})

    def shop(self, *, since: str | None = "2026-02-01") -> str:
        """A counter with a goal and, unless since is None, tracking; returns its path."""
        counter = self.call("POST", "/management/v1/counters", json={"counter": {"name": "Shop"}})
        path = f"/management/v1/counter/{counter['counter']['id']}"
        goal = {
            "name": "Order paid",
            "type": "action",
            "conditions": [{"type": "exact", "url": "order_paid"}],
        }
        self.call("POST", f"{path}/goals", json={"goal": goal})
        if since is not None:
            enable = f"{path}/offline_conversions/extended_threshold"
            self.call("POST", enable, params={"since": since})
        return path

    def visit(self, path: str, *rows: str) -> Json:
        """Import visits: rows of visit_id, client_id, started_at, traffic_source."""
        table = "\n".join(["visit_id,client_id,started_at,traffic_source", *rows, ""])
        extension = path.replace("management", "visitjoin")
        answer = self.call("POST", f"{extension}/visits", files={"file": ("visits.csv", table)})
        return answer["visits"]

    def upload(self, path: str, *rows: str, **query: str) -> Json:
        """Upload rows of ClientId, Target, DateTime, Price, Currency; returns the uploading."""
        table = "\n".join(["ClientId,Target,DateTime,Price,Currency", *rows, ""])
        answer = self.call(
            "POST",
            f"{path}/offline_conversions/upload",
            files={"file": ("deals.csv", table)},
            params=query,
        )
        return answer["uploading"]

    def ended(self, path: str, uploading: Json) -> Json:
        """The uploading at its last status."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            one = f"{path}/offline_conversions/uploading/{uploading['id']}"
            found = self.call("GET", one)["uploading"]
            if found["status"] in ("PROCESSED", "LINKAGE_FAILURE"):
                return found
            time.sleep(0.02)
        raise AssertionError(f"still {found['status']}")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", admin_token=TOKEN, stop_grace=timedelta(seconds=5))


@pytest.fixture
def start(clock: MovableClock) -> Iterator[Callable[[Settings], Receiver]]:
    """Starts receivers that run until the test ends."""
    clients: list[TestClient[Litestar]] = []

    def started(settings: Settings) -> Receiver:
        client = TestClient(create_app(settings, clock), raise_server_exceptions=False)
        client.__enter__()
        clients.append(client)
        return Receiver(client, clock, settings)

    yield started
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """One receiver for all tests of a module; each takes a counter of its own."""
    settings = Settings(data=tmp_path_factory.mktemp("receiver") / "data", admin_token=TOKEN)
    clock = MovableClock()
    with TestClient(create_app(settings, clock), raise_server_exceptions=False) as client:
        yield Receiver(client, clock, settings)


@pytest.fixture
def receiver(start: Callable[[Settings], Receiver], settings: Settings) -> Receiver:
    return start(settings)
