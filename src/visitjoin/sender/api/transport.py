"""One server, one token: the steps of our calls are done here, waiting or awaiting.

Certificates are always checked, and the token is in one header and nowhere else. How a request is
built, what its answer means and when it is made again is the same for both kinds.
"""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, closing, contextmanager
from functools import partial
from threading import BoundedSemaphore
from time import sleep as real_sleep
from typing import Any, BinaryIO, Final, TypedDict, TypeVar

import httpx

from visitjoin.contract.clock import AsyncSleep, Sleep
from visitjoin.contract.quotas import LIMITS_OF_METRICA, LIMITS_OF_OURS
from visitjoin.contract.version import __version__
from visitjoin.sender.api.address import METRICA, is_yandex, url_of
from visitjoin.sender.api.body import appearing, prepared
from visitjoin.sender.api.limits import Limiter
from visitjoin.sender.api.meaning import answer_of, check_file, told_apart
from visitjoin.sender.api.retry import retrying, retrying_async
from visitjoin.sender.api.steps import Ask, Download, Pause, Request, Step, Steps, run, run_async

T = TypeVar("T")

TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
_UPLOAD_TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0, read=900.0)
"""An upload is answered when it is checked, which can take minutes for a gigabyte."""

_CHUNK: Final = 1 << 20
"""Bytes of an answer that are written in one go: as a thread writes them, a trip to it each."""


class Endpoint:
    """The address of a server, what it may be asked, and how long it may be silent."""

    def __init__(
        self, base_url: str, *, limiter: Limiter | None = None, timeout: float | None = None
    ) -> None:
        """Settings of a client.

        limiter: None for the limits of the server. timeout: seconds that the server may stay
        silent, whatever is asked; None for our choice.

        Raises SettingError where the address is none.
        """
        self.url = url_of(base_url)
        own = LIMITS_OF_METRICA if self.is_yandex else LIMITS_OF_OURS
        self.limiter = limiter or Limiter(own)
        self._timeout = None if timeout is None else httpx.Timeout(timeout)

    @property
    def is_yandex(self) -> bool:
        """Whether it is Yandex.Metrica itself, which has nothing beyond the API."""
        return is_yandex(self.url)

    @property
    def name(self) -> str:
        """By which a ledger knows it; one for all of Yandex's own hosts."""
        if self.is_yandex:
            return httpx.URL(METRICA).host
        return self.url.netloc.decode("ascii") + self.url.path.rstrip("/")

    def timeout_of(self, request: Request) -> httpx.Timeout:
        """How long it may be silent."""
        is_slow = request.is_slow or request.file is not None
        return self._timeout or (_UPLOAD_TIMEOUT if is_slow else TIMEOUT)


class Transport:
    """A connection to one server with one token, for threads."""

    def __init__(self, endpoint: Endpoint, token: str, *, sleep: Sleep = real_sleep) -> None:
        """Prepare to talk to a server; nothing is sent yet. sleep: keeps the pace."""
        self._endpoint = endpoint
        self._sleep = sleep
        self._slots = BoundedSemaphore(endpoint.limiter.limits.parallel)
        self._client = httpx.Client(**_settings(endpoint, token))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def run(self, steps: Steps[T], *, sleep: Sleep = real_sleep) -> T:
        """Do the work, step by step. sleep: keeps its pauses."""

        def do(step: Step) -> object:
            if isinstance(step, Pause):
                sleep(step.seconds)
                return None
            call = partial(self._answer, step)
            return retrying(call) if step.tries_again else call()

        return run(steps, do)

    def _answer(self, step: Ask[Any] | Download) -> object:
        now = self._endpoint.limiter.clock
        if isinstance(step, Ask):
            return answer_of(step, self._send(step.request), now=now())
        with appearing(step.to) as file:
            check_file(step, self._send(step.request, into=file), file, now=now())
        return None

    def _send(self, request: Request, into: BinaryIO | None = None) -> httpx.Response:
        """The answer; where `into` is given, what was asked for is there and not in memory."""
        with self._slots:
            if wait := self._endpoint.limiter.admit(request):
                self._sleep(wait)
            with _leaving(self._client, request, self._endpoint) as leaving:
                response = self._client.send(leaving, stream=True)
                with closing(response):
                    if into is None or not response.is_success:
                        response.read()
                    else:
                        for chunk in response.iter_bytes(_CHUNK):
                            into.write(chunk)
        return response


class AsyncTransport:
    """A connection to one server with one token, for the tasks of one event loop."""

    def __init__(
        self, endpoint: Endpoint, token: str, *, sleep: AsyncSleep = asyncio.sleep
    ) -> None:
        """Prepare to talk to a server; nothing is sent yet. sleep: keeps the pace."""
        self._endpoint = endpoint
        self._sleep = sleep
        self._slots = asyncio.BoundedSemaphore(endpoint.limiter.limits.parallel)
        self._client = httpx.AsyncClient(**_settings(endpoint, token))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def run(self, steps: Steps[T], *, sleep: AsyncSleep = asyncio.sleep) -> T:
        """Do the work, step by step. sleep: keeps its pauses."""

        async def do(step: Step) -> object:
            if isinstance(step, Pause):
                await sleep(step.seconds)
                return None
            call = partial(self._answer, step)
            return await (retrying_async(call) if step.tries_again else call())

        return await run_async(steps, do)

    async def _answer(self, step: Ask[Any] | Download) -> object:
        now = self._endpoint.limiter.clock
        if isinstance(step, Ask):
            return answer_of(step, await self._send(step.request), now=now())
        with appearing(step.to) as file:
            check_file(step, await self._send(step.request, into=file), file, now=now())
        return None

    async def _send(self, request: Request, into: BinaryIO | None = None) -> httpx.Response:
        """The answer; where `into` is given, what was asked for is there and not in memory."""
        async with self._slots:
            if wait := self._endpoint.limiter.admit(request):
                await self._sleep(wait)
            with _leaving(self._client, request, self._endpoint) as leaving:
                response = await self._client.send(leaving, stream=True)
                async with aclosing(response):
                    if into is None or not response.is_success:
                        await response.aread()
                    else:
                        async for chunk in response.aiter_bytes(_CHUNK):
                            await asyncio.to_thread(into.write, chunk)
        return response


@contextmanager
def _leaving(
    client: httpx.Client | httpx.AsyncClient, request: Request, endpoint: Endpoint
) -> Iterator[httpx.Request]:
    """The request as httpx sends it; a failure on the way becomes one of our errors."""
    with (
        told_apart(request, endpoint.name),
        prepared(client, request, endpoint.timeout_of(request)) as built,
    ):
        yield built


class _Settings(TypedDict):
    base_url: httpx.URL
    headers: dict[str, str]


def _settings(endpoint: Endpoint, token: str) -> _Settings:
    return {
        "base_url": endpoint.url,
        "headers": {"Authorization": f"OAuth {token}", "User-Agent": f"visitjoin/{__version__}"},
    }
