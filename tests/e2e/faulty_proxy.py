"""A proxy in front of the real receiver that fails as it was ordered to (`faults`).

Bytes pass as they come, so that a cut in the middle of a body leaves the receiver with half of it,
and a cut behind an answer leaves it with all. One connection carries one exchange: a cut ends what
was ordered and nothing else.
"""

import json
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from queue import Empty, SimpleQueue
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Lock, Thread
from typing import ClassVar, Final
from urllib.parse import urlsplit

import h11

from tests.e2e.faults import PASS, Act, Answer, Moment, Order, Spoil

PATIENCE: Final = 60.0
"""Seconds that anything here may take before the test has failed."""

_CHUNK: Final = 65_536
_LAST_BYTES: Final = 4
"""A multipart body ends with two hyphens and a line break: without them a receiver must wait."""


@dataclass(frozen=True)
class Seen:
    """A request that came, and what was ordered for it."""

    request: str
    query: str
    order: Order

    def fits(self, pattern: str) -> bool:
        """Whether it is one of a pattern of `faults`."""
        return re.fullmatch(pattern, self.request) is not None


@dataclass
class Proxy:
    """What goes wrong next, and what was seen."""

    receiver: tuple[str, int]
    dropped: frozenset[bytes] = frozenset()
    """Headers, in lower case, that the receiver does not get to see."""
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

    def hold(self) -> None:
        """Wait until the test releases what is held."""
        assert self._released.wait(PATIENCE), "The test never released what it held."

    def tell_of_late_answer(self) -> None:
        """Let `release` go on."""
        self._late_answer.set()

    def seen(self, pattern: str) -> list[Seen]:
        """The requests of a pattern that came, in order."""
        with self._lock:
            return [one for one in self._seen if one.fits(pattern)]

    def take_order(self, request: str, query: str) -> Order:
        """What is ordered for a request that came: of the patterns that fit, the first's next."""
        with self._lock:
            fitting = (orders for pattern, orders in self._orders if pattern.fullmatch(request))
            order = next((order for orders in fitting for order in orders), PASS)
            self._seen.append(Seen(request, query, order))
            return order

    def tell_of_stall(self, request: str) -> None:
        """Let `await_stall` go on."""
        self._stalled.put(request)


@contextmanager
def faulty_proxy(receiver: str, *, without: Iterable[str] = ()) -> Iterator[Proxy]:
    """Run a proxy on loopback while the context lasts.

    receiver: its address. without: headers of the client that it does not get to see.
    """
    parts = urlsplit(receiver)
    assert parts.hostname is not None
    assert parts.port is not None
    dropped = frozenset(name.lower().encode() for name in without)
    state = Proxy((parts.hostname, parts.port), dropped)

    class Handler(_Handler):
        proxy = state

    with _Server(("127.0.0.1", 0), Handler) as server:
        state.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingTCPServer):
    daemon_threads = True  # a client that never goes away would hold up the end of the test
    request_queue_size = 64


class _Handler(BaseRequestHandler):
    proxy: ClassVar[Proxy]

    def handle(self) -> None:
        # A client or a receiver that dies is what this is about, and no fault of the proxy.
        with suppress(_Over, ConnectionError, h11.RemoteProtocolError):
            _Exchange(self.proxy, self.request).run()


class _Over(Exception):  # noqa: N818 - no error: an exchange that ended as ordered
    """The exchange is over; the connections are closed on the way out."""


class _Peer:
    """One end of a connection, in the events of HTTP."""

    def __init__(self, connection: socket.socket, protocol: h11.Connection) -> None:
        connection.settimeout(PATIENCE)
        self._connection = connection
        self._protocol = protocol
        self._kept = b""

    def say(self, event: h11.Event) -> None:
        self._connection.sendall(self._protocol.send(event) or b"")

    def next(self) -> h11.Event:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            self._protocol.receive_data(self._connection.recv(_CHUNK))
        if not isinstance(event, h11.Event) or isinstance(event, h11.ConnectionClosed):
            raise _Over
        return event

    def some(self, most: int) -> bytes:
        """The next bytes of a body that is not at its end."""
        if not self._kept:
            event = self.next()
            assert isinstance(event, h11.Data), "The body is shorter than announced."
            self._kept = bytes(event.data)
        piece, self._kept = self._kept[:most], self._kept[most:]
        return piece

    def rest(self) -> bytes:
        """What is left of a body."""
        pieces, self._kept = [self._kept], b""
        while isinstance(event := self.next(), h11.Data):
            pieces.append(bytes(event.data))
        return b"".join(pieces)

    def keep(self, body: bytes) -> None:
        """Put back what was read of a body, to be passed on later."""
        self._kept = body

    def wait_for_end(self) -> None:
        """Read and forget until the other end has gone."""
        while self._connection.recv(_CHUNK):
            pass


class _Exchange:
    """One request and its answer, or what was ordered instead."""

    def __init__(self, proxy: Proxy, connection: socket.socket) -> None:
        self._proxy = proxy
        self._client = _Peer(connection, h11.Connection(h11.SERVER))
        head = self._client.next()
        assert isinstance(head, h11.Request)
        self._head = head
        path, _, query = head.target.decode().partition("?")
        self._request = f"{head.method.decode()} {path}"
        self._order = proxy.take_order(self._request, query)

    def run(self) -> None:
        self._reach(Moment.BEFORE_BODY)
        with socket.create_connection(self._proxy.receiver) as connection:
            receiver = _Peer(connection, h11.Connection(h11.CLIENT))
            self._pass_request(receiver)
            answer = receiver.next()
            assert isinstance(answer, h11.Response)
            body = receiver.rest()
        if self._order is not None and self._order.does is Act.HOLD:
            self._proxy.tell_of_late_answer()
            raise _Over
        self._reach(Moment.TAKEN)
        if self._order is not None and isinstance(spoil := self._order.does, Spoil):
            kept = spoil.keep(body)
            self._give(answer.status_code, kept, announced=len(body if spoil.cut else kept))
        else:
            self._give(answer.status_code, body, answer.headers)

    def _pass_request(self, receiver: _Peer) -> None:
        dropped = self._proxy.dropped | {b"connection"}
        headers = [(name, value) for name, value in self._head.headers if name not in dropped]
        headers.append((b"connection", b"close"))
        receiver.say(
            h11.Request(method=self._head.method, target=self._head.target, headers=headers)
        )
        length = int(dict(self._head.headers).get(b"content-length", b"0"))
        end = min(length, _LAST_BYTES)
        half = (length - end) // 2
        self._pass_body(receiver, half)
        self._reach(Moment.IN_BODY)
        self._pass_body(receiver, length - half - end)
        self._reach(Moment.BEFORE_END)
        self._pass_body(receiver, end)
        receiver.say(h11.EndOfMessage())

    def _pass_body(self, receiver: _Peer, count: int) -> None:
        while count:
            piece = self._client.some(count)
            receiver.say(h11.Data(data=piece))
            count -= len(piece)

    def _reach(self, moment: Moment) -> None:
        """Do what is ordered for this moment, if anything is."""
        if self._order is None or self._order.at is not moment:
            return
        match self._order.does:
            case Spoil():
                return  # when there is an answer
            case Act.HOLD:
                self._client.keep(self._client.rest())
                self._client.wait_for_end()
                self._proxy.hold()
                return
            case Act.STALL:
                self._proxy.tell_of_stall(self._request)
                self._client.wait_for_end()
            case Answer(status=status, retry_after=wait):
                self._client.rest()  # who stops reading cuts its own answer off
                headers = [(b"retry-after", wait.encode())] if wait is not None else []
                self._give(status, _error(status), headers)
        raise _Over

    def _give(
        self,
        status: int,
        body: bytes,
        headers: Iterable[tuple[bytes, bytes]] = (),
        *,
        announced: int | None = None,
    ) -> None:
        """Answer. announced: how long the body is said to be; default as long as it is."""
        framing = {b"content-length", b"transfer-encoding", b"connection"}
        length = len(body) if announced is None else announced
        kept = [(name, value) for name, value in headers if name not in framing]
        kept += [(b"content-length", str(length).encode()), (b"connection", b"close")]
        self._client.say(h11.Response(status_code=status, headers=kept))
        self._client.say(h11.Data(data=body))
        if length == len(body):
            self._client.say(h11.EndOfMessage())


def _error(status: int) -> bytes:
    """An error in the API's form. `quota_parallel_requests` and `backend_error` are its words."""
    error_type = (
        "quota_parallel_requests" if status == HTTPStatus.TOO_MANY_REQUESTS else "backend_error"
    )
    message = "ordered by the test"
    error = {"error_type": error_type, "message": message}
    return json.dumps({"errors": [error], "code": status, "message": message}).encode()
