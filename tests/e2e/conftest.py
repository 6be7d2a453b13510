"""What tests of both ends share: a proxy in front of the receiver, and a shop behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Running
from tests.e2e.faulty_proxy import Proxy, faulty_proxy
from tests.e2e.till import Till


@pytest.fixture
def proxy(running: Running) -> Iterator[Proxy]:
    """A proxy that keeps the header Idempotency-Key to itself.

    Metrica would not look at it, so no promise may rest on it.
    """
    with faulty_proxy(running.address, without=["Idempotency-Key"]) as proxy:
        yield proxy


@pytest.fixture
def till(running: Running, proxy: Proxy, tmp_path: Path) -> Iterator[Till]:
    """A till of a new counter."""
    with running.shop() as shop:
        yield Till(running, proxy, shop, tmp_path)
