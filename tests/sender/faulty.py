"""A server that speaks a little of the API and fails in a way that the test orders."""

import json
import re
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier, Lock, Thread
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
    together: Barrier | None = None
    """Where so many requests must have come before one of them is answered."""
    under_way: int = 0
    most_under_way: int = 0
    lock: Lock = field(default_factory=Lock)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count the requests that are under way at one moment."""
        with self.lock:
            self.under_way += 1
            self.most_under_way = max(self.under_way, self.most_under_way)
        try:
            if self.together is not None:
                self.together.wait(timeout=60)
            yield
        finally:
            with self.lock:
                self.under_way -= 1


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
        with self.faulty.counting():
            answer = self._do()
        if answer is not None:
            self._answer(*answer)

    do_POST = do_GET  # noqa: N815 - the base's names
    do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def _do(self) -> tuple[int, str, str] | None:
        """Status, body and wait of the answer; None where there is none to give."""
        state = self.faulty
        state.keys.append(self.headers.get("Idempotency-Key"))
        state.requests.append(f"{self.command} {urlsplit(self.path).path}")
        fault = state.faults.popleft() if state.faults else "ok"
        if fault == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, _, detail = fault.partition(" ")
        if status.isdigit():
            wait, name = (detail, "") if detail.isdigit() else ("", detail)
            return int(status), _error(int(status), name), wait
        answer = json.dumps(self._taken())
        if fault == "lost":
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        return 200, answer[: len(answer) // 2] if fault == "half" else answer, ""

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
