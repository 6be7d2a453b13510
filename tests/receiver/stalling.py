"""A client that begins to send a body and sends nothing more."""

import asyncio
from typing import Final

from litestar import Litestar
from litestar.types import Message

ADDRESS: Final = "203.0.113.77"
"""Where it calls from: nobody has this one (RFC 5737)."""


class StallingUpload:
    """An upload that stands still until its client hangs up.

    begun: set once its body is read. said: what was answered, in the server's messages.
    """

    def __init__(self, path: str, headers: dict[str, str], beginning: bytes = b"") -> None:
        """beginning: what it sends of its body."""
        self.begun, self.hung_up = asyncio.Event(), asyncio.Event()
        self.said: list[Message] = []
        self._beginning = beginning
        sent = headers | {"Content-Type": "multipart/form-data; boundary=xx"}
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.lower().encode(), text.encode()) for name, text in sent.items()],
            "client": (ADDRESS, 50000),
            "server": ("127.0.0.1", 8080),
        }

    async def run(self, app: Litestar) -> None:
        """Ask, until the answer is there."""
        await app(self._scope, self._receive, self._send)  # type: ignore[arg-type]

    async def _receive(self) -> dict[str, object]:
        self.begun.set()
        if self._beginning:
            body, self._beginning = self._beginning, b""
            return {"type": "http.request", "body": body, "more_body": True}
        await self.hung_up.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.said.append(message)
