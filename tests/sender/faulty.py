"""A server that speaks a little of the API and fails in a way that the test orders."""

import json
import re
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit


@dataclass
class Faulty:
    """What the server does next, and what it has seen."""

    address: str = ""
    faults: deque[str] = field(default_factory=deque)
    """For each of the next requests: ok, lost, cut, half, or a status, which may be followed by
    a wait or by the name of the error."""
    uploadings: list[dict[str, Any]] = field(default_factory=list)
    """Oldest first; they are listed newest first."""
    largest_page: int = 10_000
    pages: bool = True
    """Whether the list heeds `offset`."""
    requests: list[str] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    """The Idempotency-Key of each request."""
    bytes_taken: list[int] = field(default_factory=list)
    """How long the body of each request was."""
    gate: Event | None = None
    """Where there is one, nothing is answered before it is set."""


@contextmanager
def faulty_server() -> Iterator[Faulty]:
    """Run a server on loopback while the context lasts."""
    state = Faulty()

    class Handler(_Handler):
        faulty = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    faulty: ClassVar[Faulty]

    def do_GET(self) -> None:
        self._do()

    def do_POST(self) -> None:
        self._do()

    def do_DELETE(self) -> None:
        self._do()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def _do(self) -> None:
        state = self.faulty
        if state.gate is not None:
            state.gate.wait(timeout=60)
        state.keys.append(self.headers.get("Idempotency-Key"))
        state.requests.append(f"{self.command} {urlsplit(self.path).path}")
        fault = state.faults.popleft() if state.faults else "ok"
        if fault == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        state.bytes_taken.append(self._take_body())
        status, _, detail = fault.partition(" ")
        if status.isdigit():
            wait, name = (detail, "") if detail.isdigit() else ("", detail)
            self._answer(int(status), _error(int(status), name), wait)
            return
        answer = json.dumps(self._taken())
        if fault == "lost":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault == "half":
            self._answer(200, answer[: len(answer) // 2])
        else:
            self._answer(200, answer)

    def _take_body(self) -> int:
        left = size = int(self.headers.get("Content-Length", 0))
        while left and (piece := self.rfile.read(min(left, 1 << 20))):
            left -= len(piece)
        return size

    def _taken(self) -> dict[str, Any]:
        state, (path, query) = self.faulty, urlsplit(self.path)[2:4]
        if path.endswith("/upload"):
            comment = parse_qs(query).get("comment", [""])[0]
            uploading = {"id": len(state.uploadings) + 1, "status": "UPLOADED", "comment": comment}
            state.uploadings.append(uploading)
            return {"uploading": uploading}
        if path.endswith("/uploadings"):
            limit, offset = (int(parse_qs(query)[name][0]) for name in ("limit", "offset"))
            begin = offset if state.pages else 0
            page = slice(begin, begin + min(limit, state.largest_page))
            return {"uploadings": state.uploadings[::-1][page]}
        if re.search(r"/uploading/\d+$", path):
            return {"uploadings": state.uploadings[-1:]}
        if self.command == "DELETE":
            return {"success": True}
        return {"goals": []}

    def _answer(self, status: int, body: str, wait: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if wait:
            self.send_header("Retry-After", wait)
        self.end_headers()
        self.wfile.write(body.encode())


def _error(status: int, name: str) -> str:
    names = {403: "access_denied", 429: "quota_parallel_requests", 503: "backend_error"}
    error_type = name or names.get(status, "invalid_parameter")
    fault = {"error_type": error_type, "message": "so it is"}
    return json.dumps({"errors": [fault], "code": status, "message": "so it is"})
