"""The API's hosts on loopback: a proxy that ends TLS and hands all on to our receiver.

A client asks it, as any proxy, for a tunnel to `api-metrika.yandex.net`. The far end of the tunnel
is the receiver, under a certificate that the test made. Any other host is refused, so that nothing
leaves this machine whatever a client asks for.
"""

import select
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import ClassVar, Final
from urllib.parse import urlsplit

import h11

from tests.clients.certificate import Certificate

HOSTS: Final = ("api-metrika.yandex.net", "api-metrika.yandex.ru", "api-metrica.yandex.net")
"""The hosts of the guides of both generations and of the English reference."""

_TUNNELS: Final = frozenset(f"{host}:443" for host in HOSTS)
_CHUNK: Final = 65_536
_PATIENCE: Final = 60.0
"""Seconds without a byte from either end after which a test has failed."""


@contextmanager
def connect_proxy(receiver: str, certificate: Certificate) -> Iterator[str]:
    """Run the proxy while the context lasts; its address is given.

    receiver: the receiver's address. certificate: for all of HOSTS.
    """
    parts = urlsplit(receiver)
    assert parts.hostname is not None
    assert parts.port is not None
    address = (parts.hostname, parts.port)
    identity = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    identity.load_cert_chain(certificate.public, certificate.private)

    class Handler(_Handler):
        tls = identity
        receiver = address

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingTCPServer):
    daemon_threads = True  # a client that keeps its connection would hold up the end of the test


class _Handler(BaseRequestHandler):
    tls: ClassVar[ssl.SSLContext]
    receiver: ClassVar[tuple[str, int]]

    def handle(self) -> None:
        self.request.settimeout(_PATIENCE)
        asked = h11.Connection(h11.SERVER)
        while (request := asked.next_event()) is h11.NEED_DATA:
            asked.receive_data(self.request.recv(_CHUNK))
        if not _is_ours(request):
            self._answer(asked, HTTPStatus.FORBIDDEN, [(b"content-length", b"0")])
            return
        self._answer(asked, HTTPStatus.OK, [])
        # A client that does not trust the certificate, or that has what it wanted, hangs up.
        with suppress(ssl.SSLError, ConnectionError), self._tunnel() as (client, receiver):
            _relay(client, receiver)

    def _answer(
        self, asked: h11.Connection, status: HTTPStatus, headers: list[tuple[bytes, bytes]]
    ) -> None:
        response = h11.Response(status_code=status, headers=headers, reason=status.phrase.encode())
        self.request.sendall(asked.send(response))

    @contextmanager
    def _tunnel(self) -> Iterator[tuple[ssl.SSLSocket, socket.socket]]:
        with (
            self.tls.wrap_socket(self.request, server_side=True) as client,
            socket.create_connection(self.receiver) as receiver,
        ):
            yield client, receiver


def _is_ours(request: object) -> bool:
    return (
        isinstance(request, h11.Request)
        and request.method == b"CONNECT"
        and request.target.decode() in _TUNNELS
    )


def _relay(client: ssl.SSLSocket, receiver: socket.socket) -> None:
    """Pass bytes both ways until either end has no more."""
    other = {client: receiver, receiver: client}
    while True:
        # What TLS has decrypted already is not seen by `select`.
        ready = [client] if client.pending() else select.select(other, [], [], _PATIENCE)[0]
        if not ready:
            return
        for end in ready:
            piece = end.recv(_CHUNK)
            if not piece:
                return
            other[end].sendall(piece)
