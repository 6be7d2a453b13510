"""The asyncio clients, called like those that wait: so that one test is true of both."""
# ruff: noqa: ANN401 - a stand-in takes and gives whatever the real one does

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any, Self, TypeVar, cast

from tests.conftest import Running
from visitjoin.contract.clock import AsyncSleep, Sleep
from visitjoin.sender.api.client import AsyncMetrica, Metrica
from visitjoin.sender.api.receiver import AsyncReceiver, Receiver

T = TypeVar("T")
Function = TypeVar("Function", bound=Callable[..., Any])


class Awaited:
    """A client whose calls are awaited in an event loop, one after another."""

    def __init__(self, client: object, loop: asyncio.Runner) -> None:
        self.client = client
        self.loop = loop

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.client, name)
        if inspect.iscoroutinefunction(value):
            return lambda *args, **options: self.loop.run(value(*args, **options))
        if inspect.isasyncgenfunction(value):
            return lambda *args, **options: self.loop.run(_all(value(*args, **options)))
        return value

    def __repr__(self) -> str:
        return repr(self.client)


class AwaitedMetrica(Awaited):
    """A counter, with an event loop of its own."""

    client: AsyncMetrica

    def __init__(self, **settings: Any) -> None:
        super().__init__(AsyncMetrica(**settings), asyncio.Runner())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self.loop.run(self.client.close())
        self.loop.close()


def awaited_metrica(**settings: Any) -> Metrica:
    """An AsyncMetrica that looks like a Metrica."""
    return cast("Metrica", AwaitedMetrica(**settings))


class RunningAwaited(Running):
    """A running receiver, asked by the asyncio client."""

    def client(self, counter: int = 0) -> Metrica:
        return awaited_metrica(counter=counter, token=self.token, base_url=self.address)


def receiver_of(metrica: Metrica) -> Receiver:
    """The Receiver, or AsyncReceiver, of a client."""
    if isinstance(metrica, AwaitedMetrica):
        return cast("Receiver", Awaited(AsyncReceiver(metrica.client), metrica.loop))
    return Receiver(metrica)


def either_of(waits: Function, awaits: Callable[..., Any]) -> Function:
    """A function of a client: the one that waits or the one that is awaited, as the client is."""

    def call(metrica: Metrica, *args: Any, sleep: Sleep | None = None, **options: Any) -> Any:
        if not isinstance(metrica, AwaitedMetrica):
            return waits(metrica, *args, **options | ({"sleep": sleep} if sleep else {}))
        options |= {"sleep": _awaited(sleep)} if sleep else {}
        return metrica.loop.run(awaits(metrica.client, *args, **options))

    return cast("Function", call)


def _awaited(sleep: Sleep) -> AsyncSleep:
    async def awaited(seconds: float) -> None:
        sleep(seconds)

    return awaited


async def _all(items: AsyncIterator[T]) -> list[T]:
    return [item async for item in items]
