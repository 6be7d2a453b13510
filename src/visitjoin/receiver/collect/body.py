"""What is in the body of a request, and is it all of it?

A body that broke off would be counted as far as it came: the last hit of it cut in the middle, with
a shorter id, a smaller price. So it is whole, or nothing of it counts.
"""

import asyncio
from datetime import timedelta
from typing import Final

from litestar.types import Receive

from visitjoin.receiver.collect.answers import (
    BODY_BROKEN_OFF,
    BODY_TOO_LARGE,
    LARGEST_BODY,
    Answer,
    body_too_late,
)

_DROPPED: Final = 16 * LARGEST_BODY
"""Bytes that are read of a body that is too large: who is answered before the end of it finds the
connection closed under its hands, and reads no answer. Of a larger one the rest is cut off."""


class NoBody(Exception):  # noqa: N818 - an answer
    """A body is not there as a whole, or is too large."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer.body.decode())


class Bodies:
    """Reads bodies, each until it has taken too long. Of one event loop.

    One timer serves all. A timer for each costs 3 µs where the door needs 17 for a hit; and as all
    may take equally long, they are over in the order in which they began.
    """

    def __init__(self, patience: timedelta) -> None:
        """patience: how long a whole body may take: it is small, so a second is long for one."""
        self._patience = patience.total_seconds()
        self._late = body_too_late(self._patience)
        self._until: dict[asyncio.Timeout, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def read(self, receive: Receive, length: bytes | None) -> bytes:
        """The body of a request. Raises NoBody.

        length: its Content-Length, where there is one.
        """
        try:
            async with asyncio.timeout(None) as timeout:
                self._watch(timeout)
                try:
                    return await _whole(receive, length)
                finally:
                    self._until.pop(timeout, None)
        except TimeoutError as error:
            raise NoBody(self._late) from error

    def _watch(self, timeout: asyncio.Timeout) -> None:
        loop = asyncio.get_running_loop()
        self._until[timeout] = until = loop.time() + self._patience
        if self._timer is None:
            self._timer = loop.call_at(until, self._give_up)

    def _give_up(self) -> None:
        """Give up those whose time is over, and come again for the next."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer = None
        for timeout, until in list(self._until.items()):
            if until > now:
                self._timer = loop.call_at(until, self._give_up)
                break
            del self._until[timeout]
            timeout.reschedule(now)


async def _whole(receive: Receive, length: bytes | None) -> bytes:
    parts = []
    size = 0
    # The server says of each part that more may come, also of the last one: its length saves
    # asking once more.
    announced = int(length) if length is not None and length.isdigit() else None
    while size != announced:
        message = await receive()
        if message["type"] != "http.request":
            raise NoBody(BODY_BROKEN_OFF)
        size += len(message["body"])
        if size <= LARGEST_BODY:
            parts.append(message["body"])
        if not message.get("more_body") or size > _DROPPED:
            break
    if size > LARGEST_BODY:
        raise NoBody(BODY_TOO_LARGE)
    return parts[0] if len(parts) == 1 else b"".join(parts)
