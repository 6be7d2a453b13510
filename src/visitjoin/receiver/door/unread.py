"""What becomes of a body that nobody read, because its request was refused before?

It is read to its end and dropped, and only then is the refusal sent. A client that sends its file
looks for an answer when the last byte has left. Answered earlier, it finds the connection closed
under its hands and tells its user of a broken pipe, and not that the token is unknown; or it keeps
the connection for its next call, which then fails.
"""

from contextlib import suppress
from typing import Final

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

from visitjoin.receiver.refusals import Refusal

_PATIENCE: Final = 64 << 20
"""Bytes that are dropped for one answer: 300,000 rows and more. A larger rest is cut off."""


class DropUnread(ASGIMiddleware):
    """Reads what is left of a request's body before its answer begins."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass a request on; its answer waits until the body is at its end."""
        if not _will_send_a_body(Headers.from_scope(scope)):
            await next_app(scope, receive, send)
            return
        body = _Body(receive)

        async def send_at_the_end(message: Message) -> None:
            if message["type"] == "http.response.start":
                await body.drop_the_rest()
            await send(message)

        await next_app(scope, body.receive, send_at_the_end)


class _Body:
    """The body of one request, of which it is known whether it is at its end."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_over = False

    async def receive(self) -> HTTPReceiveMessage:
        message = await self._receive()
        # Whatever else comes is the end of the connection.
        self._is_over = message["type"] != "http.request" or not message.get("more_body")
        return message  # type: ignore[return-value]  # the scope is HTTP

    async def drop_the_rest(self) -> None:
        left = _PATIENCE
        # Who stops sending, and reads no answer either, is not waited for a second time.
        with suppress(Refusal):
            while not self._is_over and left > 0:
                message = await self.receive()
                if message["type"] == "http.request":
                    left -= len(message["body"])


def _will_send_a_body(headers: Headers) -> bool:
    """Whether a body is on its way, small enough to be read for nothing.

    Who asks first, with `Expect: 100-continue`, is answered at once and spared the sending.
    """
    if headers.get("expect", "").casefold() == "100-continue":
        return False
    length = headers.get("content-length")
    if length is None:
        return "transfer-encoding" in headers
    return length.isdigit() and 0 < int(length) <= _PATIENCE
