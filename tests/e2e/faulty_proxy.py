"""The sandbox's front before the receiver of the tests, which says what it saw and waits."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Lock
from typing import Final
from urllib.parse import urlsplit

from visitjoin.receiver.sandbox.faults import PASS, Order
from visitjoin.receiver.sandbox.front import front

PATIENCE: Final = 60.0
"""Seconds that anything here may take before the test has failed."""


@dataclass(frozen=True)
class Seen:
    """A request that came, and what was ordered for it."""

    request: str
    query: str
    order: Order

    def fits(self, pattern: str) -> bool:
        """Whether it is one of a pattern of `patterns`."""
        return re.fullmatch(pattern, self.request) is not None


@dataclass
class Proxy:
    """What goes wrong next, and what was seen."""

    address: str = ""
    _seen: list[Seen] = field(default_factory=list)
    _orders: list[tuple[re.Pattern[str], Iterator[Order]]] = field(default_factory=list)
    _stalled: SimpleQueue[str] = field(default_factory=SimpleQueue)
    _released: Event = field(default_factory=Event)
    _late_answer: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    def order(self, pattern: str, orders: Iterable[Order]) -> None:
        """Order what becomes of the next requests, in turn; those that come after them pass."""
        with self._lock:
            self._orders.append((re.compile(pattern), iter(orders)))

    def recover(self) -> None:
        """Forget every order: from here on all requests pass."""
        with self._lock:
            self._orders.clear()

    def await_stall(self) -> str:
        """Wait until an exchange stalls as ordered. Answers its request."""
        try:
            return self._stalled.get(timeout=PATIENCE)
        except Empty:
            raise AssertionError(f"Nothing stalled. Seen: {self._seen}") from None

    def release(self) -> None:
        """Pass on the request that is held, and wait until the receiver has answered it."""
        self._released.set()
        assert self._late_answer.wait(PATIENCE), "Nothing was held, or the receiver is silent."

    def seen(self, pattern: str) -> list[Seen]:
        """The requests of a pattern that came, in order."""
        with self._lock:
            return [one for one in self._seen if one.fits(pattern)]

    def take(self, request: str, query: str) -> Order:
        """What is ordered for a request that came: of the patterns that fit, the first's next."""
        with self._lock:
            fitting = (orders for pattern, orders in self._orders if pattern.fullmatch(request))
            order = next((order for orders in fitting for order in orders), PASS)
            self._seen.append(Seen(request, query, order))
            return order

    def tell_of_stall(self, request: str) -> None:
        """Let `await_stall` go on."""
        self._stalled.put(request)

    def before_release(self) -> None:
        """Wait until the test releases what is held."""
        assert self._released.wait(PATIENCE), "The test never released what it held."

    def after_release(self) -> None:
        """Let `release` go on."""
        self._late_answer.set()


@contextmanager
def faulty_proxy(receiver: str, *, without: Iterable[str] = ()) -> Iterator[Proxy]:
    """Run a proxy on loopback while the context lasts.

    receiver: its address. without: headers of the client that it does not get to see.
    """
    parts = urlsplit(receiver)
    assert parts.hostname is not None
    assert parts.port is not None
    proxy = Proxy()
    to = (parts.hostname, parts.port)
    with front(("127.0.0.1", 0), to, proxy, without=without) as (host, port):
        proxy.address = f"http://{host}:{port}"
        yield proxy
