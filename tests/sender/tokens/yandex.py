"""A server that speaks Yandex's OAuth and identity as documented, and checks what it is sent."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

YEAR = 365 * 24 * 3600


@dataclass
class Yandex:
    """What the server knows: which codes it gave out for which challenge, and its tokens."""

    address: str = ""
    client_id: str = "app-1"
    client_secret: str | None = None
    """Asked for beside the verifier, where it is set."""
    token: str = "y0_not-a-real-token"  # noqa: S105 - made up
    expires_in: int | None = YEAR
    codes: dict[str, str] = field(default_factory=dict)
    """The challenge by the code that was given for it."""
    fault: tuple[int, str] | None = None
    """A status and a body to answer with, whatever is asked."""
    agents: list[str] = field(default_factory=list)

    def allow(self, address: str) -> str:
        """What a person does: opens the address, allows, and copies the code."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.address}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["client_id"] == self.client_id
        assert asked["code_challenge_method"] == "S256"
        code = f"code{len(self.codes)}"
        self.codes[code] = asked["code_challenge"]
        return code

    def granted(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The answer of /token."""
        if form["grant_type"] != "authorization_code":
            return 400, {"error": "unsupported_grant_type", "error_description": "no such grant"}
        known = (self.client_id, self.client_secret)
        if (form["client_id"], form.get("client_secret")) != known:
            return 400, {"error": "invalid_client", "error_description": "Wrong client secret"}
        challenge = self.codes.pop(form["code"], None)
        if challenge is None or challenge != _challenge(form["code_verifier"]):
            return 400, {"error": "invalid_grant", "error_description": "Code has expired"}
        answer = {"token_type": "bearer", "access_token": self.token, "refresh_token": "1:r"}
        return 200, answer | ({"expires_in": self.expires_in} if self.expires_in else {})

    def info(self, authorization: str | None) -> tuple[int, dict[str, Any]]:
        """The answer of /info."""
        if authorization != f"OAuth {self.token}":
            return 401, {"message": "Unauthorized", "code": 401, "errors": []}
        account = {"id": "1000034426", "login": "ivan", "client_id": self.client_id}
        return 200, account | {"psuid": "1.AA"}


@contextmanager
def yandex_server() -> Iterator[Yandex]:
    """Run the server on loopback while the context lasts."""
    state = Yandex()

    class Handler(_Handler):
        yandex = state

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
    yandex: ClassVar[Yandex]

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        assert (asked.path, parse_qs(asked.query)) == ("/info", {"format": ["json"]})
        self._answer(*self.yandex.info(self.headers.get("Authorization")))

    def do_POST(self) -> None:
        assert self.path == "/token"
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(*self.yandex.granted({name: v[0] for name, v in parse_qs(body).items()}))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def _answer(self, status: int, answer: dict[str, Any]) -> None:
        self.yandex.agents.append(self.headers["User-Agent"])
        body = json.dumps(answer)
        if self.yandex.fault:
            status, body = self.yandex.fault
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


def _challenge(verifier: str) -> str:
    """RFC 7636, section 4.2, written once more so that ours is held against it."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode().replace("=", "")
