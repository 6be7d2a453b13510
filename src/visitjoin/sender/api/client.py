"""Clients of the API: one method for each call, typed answers, errors that say what to do.

A method's signature, docstring and meaning stand in `calls`.
"""

import asyncio
from time import sleep as real_sleep
from types import TracebackType
from typing import Self, TypeVar

from visitjoin.contract.clock import AsyncSleep, Sleep
from visitjoin.contract.errors import SettingError
from visitjoin.sender.api.address import METRICA
from visitjoin.sender.api.calls import Calls
from visitjoin.sender.api.limits import Limiter
from visitjoin.sender.api.methods import awaited, waiting
from visitjoin.sender.api.steps import Progress, Steps
from visitjoin.sender.api.transport import AsyncTransport, Endpoint, Transport

__all__ = ["AsyncMetrica", "Metrica", "Progress"]

T = TypeVar("T")


class _Client:
    """A counter on a server."""

    def __init__(self, counter: int, token: str, endpoint: Endpoint) -> None:
        if not token or any(character.isspace() for character in token):
            raise SettingError("The token is empty or has blanks in it.")
        self.counter_id = counter
        self.calls = Calls(counter_id=counter, is_yandex=endpoint.is_yandex)
        self.limiter = endpoint.limiter
        self._endpoint = endpoint

    def __repr__(self) -> str:
        return f"{type(self).__name__}(counter={self.counter_id}, host={self._endpoint.url.host!r})"

    @property
    def is_yandex(self) -> bool:
        """Whether the server is Yandex.Metrica itself, which has nothing beyond the API."""
        return self._endpoint.is_yandex

    @property
    def server(self) -> str:
        """The server's name, by which a ledger knows it; one for all of Yandex's own hosts."""
        return self._endpoint.name


class Metrica(_Client):
    """A counter of Yandex.Metrica, or of a receiver that speaks its API.

    Use it in a `with` statement, or close it. Threads may share it. Calls that change nothing when
    repeated are tried again by themselves; creating and uploading are not. It keeps the limits of
    the API by itself (`limiter`): requests in parallel, in a second, in a day.
    """

    def __init__(
        self,
        *,
        counter: int,
        token: str,
        base_url: str = METRICA,
        timeout: float | None = None,
        limiter: Limiter | None = None,
        sleep: Sleep = real_sleep,
    ) -> None:
        """Prepare to talk to a server; nothing is sent yet.

        counter: its number; 0 for calls that need none. token: an OAuth token. base_url: the
        server's address; the only difference between Metrica and a receiver of one's own.
        timeout: seconds that the server may stay silent; default 30, and 900 after an upload.
        limiter: the limits to keep; None for those of the server. Clients of one token may share
        one, for the API counts by user. sleep: keeps the pace.

        Raises SettingError where the address or the token cannot be one.
        """
        endpoint = Endpoint(base_url, limiter=limiter, timeout=timeout)
        super().__init__(counter, token, endpoint)
        self.transport = Transport(endpoint, token, sleep=sleep)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a `with` statement does it by itself."""
        self.transport.close()

    def run(self, steps: Steps[T], *, sleep: Sleep = real_sleep) -> T:
        """Do a piece of work (`steps`) with this client. sleep: keeps its pauses."""
        return self.transport.run(steps, sleep=sleep)

    counters = waiting(Calls.counters)
    counter = waiting(Calls.counter)
    create_counter = waiting(Calls.create_counter)
    goals = waiting(Calls.goals)
    create_goal = waiting(Calls.create_goal)
    ensure_goal = waiting(Calls.ensure_goal)
    delete_goal = waiting(Calls.delete_goal)
    enable_tracking = waiting(Calls.enable_tracking)
    disable_tracking = waiting(Calls.disable_tracking)
    join_threshold = waiting(Calls.join_threshold)
    upload = waiting(Calls.upload)
    uploadings = waiting(Calls.uploadings)
    uploading = waiting(Calls.uploading)


class AsyncMetrica(_Client):
    """`Metrica` for asyncio: the same calls, awaited.

    Use it in an `async with` statement, or close it. It belongs to one event loop.
    """

    def __init__(
        self,
        *,
        counter: int,
        token: str,
        base_url: str = METRICA,
        timeout: float | None = None,
        limiter: Limiter | None = None,
        sleep: AsyncSleep = asyncio.sleep,
    ) -> None:
        """Prepare to talk to a server; see `Metrica`."""
        endpoint = Endpoint(base_url, limiter=limiter, timeout=timeout)
        super().__init__(counter, token, endpoint)
        self.transport = AsyncTransport(endpoint, token, sleep=sleep)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; an `async with` statement does it by itself."""
        await self.transport.close()

    async def run(self, steps: Steps[T], *, sleep: AsyncSleep = asyncio.sleep) -> T:
        """Do a piece of work (`steps`) with this client. sleep: keeps its pauses."""
        return await self.transport.run(steps, sleep=sleep)

    counters = awaited(Calls.counters)
    counter = awaited(Calls.counter)
    create_counter = awaited(Calls.create_counter)
    goals = awaited(Calls.goals)
    create_goal = awaited(Calls.create_goal)
    ensure_goal = awaited(Calls.ensure_goal)
    delete_goal = awaited(Calls.delete_goal)
    enable_tracking = awaited(Calls.enable_tracking)
    disable_tracking = awaited(Calls.disable_tracking)
    join_threshold = awaited(Calls.join_threshold)
    upload = awaited(Calls.upload)
    uploadings = awaited(Calls.uploadings)
    uploading = awaited(Calls.uploading)
