"""A sandbox, and a plain client of it: the fixtures that everybody gets, under our own names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import httpx
import pytest

from visitjoin.testing import Sandbox, run_sandbox

Json: TypeAlias = Any
"""An answer as it came."""


@dataclass(frozen=True)
class Shop:
    """The counter of a sandbox as a client sees it that knows nothing of sandboxes."""

    sandbox: Sandbox
    http: httpx.Client

    def call(self, method: str, path: str) -> Json:
        """Call under the counter, expect an answer, and return it."""
        return self.http.request(method, f"{self.counter}{path}").raise_for_status().json()

    @property
    def counter(self) -> str:
        return f"/management/v1/counter/{self.sandbox.counter}"

    def upload(self, user_id: str = "crm-204", *, timeout: float = 30) -> httpx.Response:
        """Upload what a visitor bought a minute ago."""
        return self.send(f"UserId,Target,DateTime\n{user_id},order_paid,{self.bought}\n", timeout)

    def send(self, table: str, timeout: float = 30) -> httpx.Response:
        """Upload a table."""
        call = f"{self.counter}/offline_conversions/upload"
        return self.http.post(call, files={"file": ("deals.csv", table)}, timeout=timeout)

    @property
    def bought(self) -> int:
        """A minute ago, by the sandbox's clock."""
        return int((self.sandbox.now - timedelta(minutes=1)).timestamp())

    def outcome(self, user_id: str) -> str:
        """Upload what a visitor bought, and say how it ended."""
        uploading = self.upload(user_id).raise_for_status().json()["uploading"]["id"]
        (ended,) = self.sandbox.outcomes(uploading)
        return ended.outcome

    def taken(self) -> int:
        """How many uploadings the receiver holds."""
        return len(self.call("GET", "/offline_conversions/uploadings")["uploadings"])

    def reach(self) -> timedelta:
        """How far back a visit may lie."""
        threshold = self.call("GET", "/offline_conversions/visit_join_threshold")["date"]
        return self.sandbox.now - datetime.fromisoformat(threshold)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with run_sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def shop(sandbox: Sandbox) -> Iterator[Shop]:
    """One for all tests of a module; each leaves it without failures."""
    headers = {"Authorization": f"OAuth {sandbox.token}"}
    with httpx.Client(base_url=sandbox.address, headers=headers) as http:
        yield Shop(sandbox, http)


@pytest.fixture
def fresh(shop: Shop) -> Iterator[Shop]:
    """The same, for a test that moves its clock or changes its counter."""
    yield shop
    shop.sandbox.reset()
