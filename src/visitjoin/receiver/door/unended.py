"""What becomes of a request whose body does not come to its end?

A body may take as long as its line needs. Where it stands still, or its client hangs up, whoever
reads it gets a refusal: so nothing of it stays on the disk, and its place is free for the next.
"""

import asyncio
from datetime import timedelta

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send

from visitjoin.contract.answers import ErrorType
from visitjoin.receiver.refusals import Refusal


class RefuseUnended(ASGIMiddleware):
    """Refuses a request of whose body nothing more comes."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, patience: timedelta) -> None:
        """patience: how long is waited for the next bytes."""
        self._patience = patience.total_seconds()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass a request on. Who reads its body gets the Refusal."""
        is_over = False

        async def receive_to_the_end() -> HTTPReceiveMessage:
            nonlocal is_over
            if is_over:
                return await receive()  # type: ignore[return-value]  # the scope is HTTP
            try:
                async with asyncio.timeout(self._patience):
                    message = await receive()
            except TimeoutError as error:
                raise self._stood_still() from error
            if message["type"] == "http.disconnect":
                raise _hung_up()
            is_over = message["type"] == "http.request" and not message.get("more_body")
            return message  # type: ignore[return-value]  # the scope is HTTP

        await next_app(scope, receive_to_the_end, send)

    def _stood_still(self) -> Refusal:
        return Refusal(
            ErrorType.TIMEOUT,
            f"Nothing more of the body came for {self._patience:g} seconds. Nothing was taken: "
            "send it again.",
        )


def _hung_up() -> Refusal:
    """Nobody reads it; it ends the request as any other refusal does."""
    return Refusal(ErrorType.INVALID_PARAMETER, "The client hung up before the end of the body.")
