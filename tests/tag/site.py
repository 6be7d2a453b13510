"""A site with pages, and a receiver that writes down what comes: two servers on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from visitjoin.receiver.tag import the_tag

_LONG: Final = 10
"""Seconds until a test gives up on a hit that does not come."""

WHY: Final = b"tid: there is no counter 7."
"""What a status that is no success is answered with."""

Hit = dict[str, str]


@dataclass
class Collected:
    """What came to `/collect`, by request, and how the next requests are to be answered."""

    requests: list[list[Hit]] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    referrers: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """To answer with, one a request; 204 once there are no more. 0 ends the connection."""

    answering: threading.Event = field(default_factory=threading.Event)
    """While it is not set, what comes is written down and not answered."""

    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, method: str, lines: str, referrer: str) -> int:
        """Write a request down; returns the status to answer with."""
        with self.changed:
            self.requests.append([dict(parse_qsl(line)) for line in lines.splitlines()])
            self.methods.append(method)
            self.referrers.append(referrer)
            self.changed.notify_all()
            return self.statuses.pop(0) if self.statuses else HTTPStatus.NO_CONTENT

    def hits(self, count: int) -> list[Hit]:
        """All hits, as soon as there are as many; fails where there are more, or too few.

        One that came twice is one, as it is to a receiver: who turns the page before the answer
        has come sends the hit again.
        """
        with self.changed:
            self.changed.wait_for(lambda: len(self._once()) >= count, timeout=_LONG)
            hits = self._once()
        assert len(hits) == count, hits
        return hits

    def arrived(self, count: int) -> list[Hit]:
        """The first so many that came, again or not, as soon as they have."""
        with self.changed:
            self.changed.wait_for(lambda: len(self._all()) >= count, timeout=_LONG)
            return self._all()[:count]

    def _all(self) -> list[Hit]:
        return [hit for request in self.requests for hit in request]

    def _once(self) -> list[Hit]:
        first: dict[str, Hit] = {}
        for hit in self._all():
            first.setdefault(hit.get("hid", ""), hit)
        return list(first.values())


@dataclass(frozen=True)
class Site:
    """Where the pages are, and where their tag sends.

    shop, receiver: addresses without a path. pages: HTML by path. collected: what came.
    """

    shop: str
    receiver: str
    pages: dict[str, str]
    collected: Collected

    def page(self, script: str, path: str = "/", *, tag: str | None = None) -> str:
        """Put up a page with the snippet that Metrica prints, and a script after it.

        tag: the address of the tag. Returns the page's own address.
        """
        snippet = SNIPPET.replace("TAG", tag or f"{self.receiver}/tag.js")
        self.pages[path] = (
            f"<!doctype html><title>Shop {path}</title>"
            f"<script>{snippet}</script><script>{script}</script>"
        )
        return f"{self.shop}{path}"


SNIPPET: Final = """
(function(m,e,t,r,i,k,a){m[i]=m[i]||function(){(m[i].a=m[i].a||[]).push(arguments)};
m[i].l=1*new Date();k=e.createElement(t),a=e.getElementsByTagName(t)[0],
k.async=1,k.src=r,a.parentNode.insertBefore(k,a)})
(window, document, "script", "TAG", "ym");
"""
"""As Metrica prints it, with the tag's address in one place."""


@contextmanager
def running_site() -> Iterator[Site]:
    """A shop at www.shop.example and a receiver at metrics.example, until the block ends."""
    pages: dict[str, str] = {}
    collected = Collected()
    collected.answering.set()
    with _server(_Shop, pages) as shop, _server(_Receiver, collected) as receiver:
        yield Site(
            shop=f"http://www.shop.example:{shop}",
            receiver=f"http://metrics.example:{receiver}",
            pages=pages,
            collected=collected,
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    content: object

    def handle_error(self, *_: object) -> None:
        """A browser that turns the page hangs up."""


@contextmanager
def _server(handler: type[BaseHTTPRequestHandler], content: object) -> Iterator[int]:
    with _Server(("127.0.0.1", 0), handler) as server:
        server.content = content
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def answer(self, status: int, type_: str, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _Shop(_Handler):
    def do_GET(self) -> None:
        pages = self.server.content
        assert isinstance(pages, dict)
        page = pages.get(urlsplit(self.path).path)
        if self.path == "/favicon.ico":
            self.answer(HTTPStatus.NO_CONTENT, "image/x-icon")
        elif page is None:
            self.answer(HTTPStatus.NOT_FOUND, "text/plain")
        elif self.path.endswith(".js"):
            self.answer(HTTPStatus.OK, "text/javascript; charset=utf-8", page.encode())
        else:
            self.answer(HTTPStatus.OK, "text/html; charset=utf-8", page.encode())


class _Receiver(_Handler):
    def do_GET(self) -> None:
        path, query = urlsplit(self.path)[2:4]
        if path.endswith(".js"):
            self.answer(HTTPStatus.OK, "text/javascript; charset=utf-8", the_tag().script)
        else:
            self._collect(path, query)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"].startswith("text/plain")
        self._collect(self.path, body.decode())

    def _collect(self, path: str, lines: str) -> None:
        collected = self.server.content
        assert isinstance(collected, Collected)
        if not path.endswith("/collect"):
            self.answer(HTTPStatus.NOT_FOUND, "text/plain")
            return
        status = collected.take(self.command, lines, self.headers.get("Referer", ""))
        collected.answering.wait(_LONG)
        if status:
            self.answer(status, "text/plain", WHY if status >= HTTPStatus.BAD_REQUEST else b"")
        else:
            self.close_connection = True
