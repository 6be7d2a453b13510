"""A front before a receiver that fails as it is ordered to (`faults`), on the socket.

The server itself cannot: whatever an application does before it answers, Granian answers 500; only
in the middle of an answer does it break off. So this takes the connections, and passes bytes on as
they come: a cut in the middle of a body leaves the receiver with half of it, and a cut behind an
answer leaves it with all. One connection carries one exchange: a cut ends what was ordered and
nothing else.
"""

import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import ClassVar, Final, Protocol, TypeAlias

import h11

from visitjoin.contract.answers import ErrorType
from visitjoin.receiver.sandbox.faults import Act, Answer, Moment, Order, Spoil

Address: TypeAlias = tuple[str, int]
"""A host and a port."""

_PATIENCE: Final = 300.0
"""Seconds that one end may be silent: as long as proxies are usually told to wait for a server."""

_LOOK: Final = 0.02
"""Seconds between two looks whether to stop: how long a stop may take."""

_CHUNK: Final = 65_536
_LARGEST_HEAD: Final = 65_536
"""Bytes of a request's line and headers."""

_LAST_BYTES: Final = 4
"""A multipart body ends with two hyphens and a line break: without them a receiver must wait."""

_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding", b"connection"})


class Script(Protocol):
    """Says what becomes of each exchange, and is told how some of them go."""

    def take(self, request: str, query: str) -> Order:
        """What is to become of a request, `METHOD path`, that has just come."""

    def tell_of_stall(self, request: str) -> None:
        """An exchange stalls, as was ordered, and its client still waits."""

    def before_release(self) -> None:
        """The client of a request that is held has gone. It is passed on when this returns."""

    def after_release(self) -> None:
        """The receiver has answered a request that was held."""


@contextmanager
def front(
    at: Address, receiver: Address, script: Script, *, without: Iterable[str] = ()
) -> Iterator[Address]:
    """Run a front while the context lasts. Yields the address at which it listens.

    at: where to listen, port 0 for a free one. without: headers of the client that the receiver
    does not get to see.

    Raises OSError where it cannot listen there.
    """

    class Handler(_Handler):
        to = receiver
        plays = script
        dropped = frozenset(name.lower().encode() for name in without)

    class Server(_Server):
        address_family = socket.AF_INET6 if ":" in at[0] else socket.AF_INET

    with Server(at, Handler) as server:
        thread = Thread(target=server.serve_forever, args=(_LOOK,), name="visitjoin-front")
        thread.start()
        try:
            host, port = server.server_address[:2]
            yield str(host), int(port)
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True  # a sandbox that is started again finds its port free
    daemon_threads = True  # a client that never goes away would hold up the end
    request_queue_size = 64


class _Handler(BaseRequestHandler):
    to: ClassVar[Address]
    plays: ClassVar[Script]
    dropped: ClassVar[frozenset[bytes]]

    def handle(self) -> None:
        # A client or a receiver that dies is what this is about, and no fault of the front.
        with suppress(_Over, OSError, h11.RemoteProtocolError):
            _Exchange(self.plays, self.request).run(self.to, self.dropped)


class _Over(Exception):  # noqa: N818 - no error: an exchange that ended as ordered
    """The exchange is over; the connections are closed on the way out."""


class _Peer:
    """One end of a connection, in the events of HTTP."""

    def __init__(self, connection: socket.socket, protocol: h11.Connection) -> None:
        connection.settimeout(_PATIENCE)
        self._connection = connection
        self._protocol = protocol
        self._kept = b""

    def say(self, event: h11.Event) -> None:
        self._connection.sendall(self._protocol.send(event) or b"")

    def next(self) -> h11.Event:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            if self._protocol.they_are_waiting_for_100_continue:
                self.say(h11.InformationalResponse(status_code=HTTPStatus.CONTINUE, headers=[]))
            self._protocol.receive_data(self._connection.recv(_CHUNK))
        if not isinstance(event, h11.Event) or isinstance(event, h11.ConnectionClosed):
            raise _Over
        return event

    def some(self, most: int) -> bytes:
        """The next bytes of a body that is not at its end."""
        if not self._kept:
            event = self.next()
            if not isinstance(event, h11.Data):
                raise _Over  # h11 has seen to it that a body is as long as announced
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
        """Read and forget until the other end has gone, or was as patient as we are."""
        with suppress(ConnectionError, TimeoutError):
            while self._connection.recv(_CHUNK):
                pass


class _Exchange:
    """One request and its answer, or what was ordered instead."""

    def __init__(self, script: Script, connection: socket.socket) -> None:
        protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD)
        self._script = script
        self._client = _Peer(connection, protocol)
        head = self._client.next()
        if not isinstance(head, h11.Request):
            raise _Over
        self._head = head
        path, _, query = head.target.decode().partition("?")
        self._request = f"{head.method.decode()} {path}"
        self._order = script.take(self._request, query)

    def run(self, to: Address, dropped: frozenset[bytes]) -> None:
        self._reach(Moment.BEFORE_BODY)
        with socket.create_connection(to) as connection:
            receiver = _Peer(connection, h11.Connection(h11.CLIENT))
            self._pass_request(receiver, dropped)
            answer = receiver.next()
            if not isinstance(answer, h11.Response):
                raise _Over
            body = receiver.rest()
        if self._order is not None and self._order.does is Act.HOLD:
            self._script.after_release()
            raise _Over
        self._reach(Moment.TAKEN)
        if self._order is not None and isinstance(spoil := self._order.does, Spoil):
            kept = spoil.keep(body)
            told = len(body if spoil.cut else kept)
            self._give(answer.status_code, kept, answer.headers, announced=told)
        else:
            # The answer to a HEAD announces a body that never comes.
            headers = dict(answer.headers)
            unsent = self._head.method == b"HEAD" and headers.get(b"content-length")
            announced = int(unsent) if unsent else None
            self._give(answer.status_code, body, answer.headers, announced=announced)

    def _pass_request(self, receiver: _Peer, dropped: frozenset[bytes]) -> None:
        # What a client waits for before its body, it is told here.
        dropped |= {b"connection", b"expect"}
        headers = [(name, value) for name, value in self._head.headers if name not in dropped]
        headers.append((b"connection", b"close"))
        receiver.say(
            h11.Request(method=self._head.method, target=self._head.target, headers=headers)
        )
        length = self._length_of_body()
        end = min(length, _LAST_BYTES)
        half = (length - end) // 2
        self._pass_body(receiver, half)
        self._reach(Moment.IN_BODY)
        self._pass_body(receiver, length - half - end)
        self._reach(Moment.BEFORE_END)
        self._pass_body(receiver, end)
        receiver.say(h11.EndOfMessage())

    def _length_of_body(self) -> int:
        headers = dict(self._head.headers)
        if b"transfer-encoding" in headers:
            # Where its middle is can only be said of the whole.
            self._client.keep(body := self._client.rest())
            return len(body)
        return int(headers.get(b"content-length", b"0"))

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
                self._script.before_release()
                return
            case Act.STALL:
                self._script.tell_of_stall(self._request)
                self._client.wait_for_end()
            case Answer(status=status, retry_after=wait):
                self._client.rest()  # who stops reading cuts its own answer off
                headers = [(b"retry-after", wait.encode())] if wait is not None else []
                headers.append((b"content-type", b"application/json"))
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
        length = len(body) if announced is None else announced
        kept = [(name, value) for name, value in headers if name not in _FRAMING]
        kept += [(b"content-length", str(length).encode()), (b"connection", b"close")]
        self._client.say(h11.Response(status_code=status, reason=_phrase(status), headers=kept))
        self._client.say(h11.Data(data=body))
        if length == len(body):
            self._client.say(h11.EndOfMessage())


def _phrase(status: int) -> bytes:
    return HTTPStatus(status).phrase.encode() if status in set(HTTPStatus) else b""


def _error(status: int) -> bytes:
    """An error in the API's form."""
    too_many = status == HTTPStatus.TOO_MANY_REQUESTS
    error_type = ErrorType.QUOTA if too_many else ErrorType.BACKEND_ERROR
    message = "This failure was ordered."
    error = {"error_type": error_type, "message": message}
    return json.dumps({"errors": [error], "code": status, "message": message}).encode()
