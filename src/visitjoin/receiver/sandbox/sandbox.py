"""One receiver after another, each beginning with the same data, under one clock.

A reset begins a new receiver in a folder of its own and lets go of the old one, so that nothing is
left of it: not an uploading, not an id, and not the name by which a sender's ledger would know it.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from shutil import rmtree
from types import TracebackType
from typing import Final, Self

from litestar import Litestar
from litestar.types import Receive, Scope, Send

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.sandbox import Failing, Failure, SandboxState, SeededVisit
from visitjoin.receiver.app import create_app
from visitjoin.receiver.config import Settings
from visitjoin.receiver.sandbox.clock import MovableClock
from visitjoin.receiver.sandbox.first_data import FirstData
from visitjoin.receiver.sandbox.orders import Orders
from visitjoin.receiver.sandbox.routes import sandbox_calls
from visitjoin.receiver.sandbox.seed import GOALS, seeded_visits

_GRACE: Final = timedelta(seconds=2)
"""How long a reset waits for the uploading in hand: nobody will ask for it any more."""


@dataclass(kw_only=True)
class _Beginning:
    """A receiver, and what it began with."""

    app: Litestar
    folder: Path
    counter: int
    visits: tuple[SeededVisit, ...]
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _life: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Let its worker run. Returns when it does."""
        begun = asyncio.get_running_loop().create_future()
        self._life = asyncio.create_task(self._live(begun))
        await begun

    async def end(self) -> None:
        """Let go of it. Returns when it has ended."""
        self._over.set()
        if self._life is not None:
            await self._life

    async def _live(self, begun: asyncio.Future[None]) -> None:
        # A lifespan has to be left by the task that entered it, and a request would enter this one.
        try:
            async with self.app.lifespan():
                begun.set_result(None)
                await self._over.wait()
        except Exception as error:
            if begun.done():
                raise
            begun.set_exception(error)


class Sandbox:
    """The receiver of the moment, as an ASGI application without a lifespan.

    Use it in an `async with` statement, which begins it and lets go of it.
    """

    def __init__(
        self, settings: Settings, *, real: Clock = system_clock, side_door: str = ""
    ) -> None:
        """Prepare it.

        settings: of each receiver; `data` is the folder in which each has a folder, and there must
        be an `admin_token`. real: what its clock is ahead of. side_door: see `SandboxState`.
        """
        self.clock = MovableClock(real)
        self.orders = Orders()
        self._settings = replace(settings, stop_grace=min(settings.stop_grace, _GRACE))
        self._side_door = side_door
        self._first_data = FirstData(self._settings, settings.data / "first", self.clock)
        self._numbers: Iterator[int] = count(1)
        self._resetting = asyncio.Lock()
        self._now: _Beginning
        self._before: Path | None = None

    async def __aenter__(self) -> Self:
        self._now = await self._begin()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._now.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the receiver of the moment answer."""
        await self._now.app(scope, receive, send)

    @property
    def state(self) -> SandboxState:
        """How it stands now."""
        return SandboxState(
            now=self.clock().replace(microsecond=0),
            counter=self._now.counter,
            targets=tuple(GOALS),
            visits=self._now.visits,
            failures=self.orders.standing,
            side_door=self._side_door,
        )

    def move_clock(self, by: timedelta) -> None:
        """Move the clock ahead, and let the worker look what is due. Raises TooFar."""
        self.clock.move(by)
        self._wake()

    def fail(self, failure: Failure) -> None:
        """Order a failure."""
        self.orders.order(failure)

    def recover(self) -> None:
        """Clear all failures. What was stuck goes on."""
        was_stuck = any(each.what is Failing.STUCK for each in self.orders.standing)
        self.orders.clear()
        if was_stuck:
            self._wake()

    async def reset(self) -> None:
        """Begin anew: the first data, no failures, the real time. On return all of it is so."""
        async with self._resetting:
            self.orders.clear()
            self.clock.set_back()
            last, self._now = self._now, await self._begin()
            await last.end()
            # The answer to this very request is still to be written into the old log of writes.
            before, self._before = self._before, last.folder
            if before is not None:
                await asyncio.to_thread(rmtree, before, ignore_errors=True)

    def _wake(self) -> None:
        self._now.app.state.worker.wake()

    async def _begin(self) -> _Beginning:
        begun = await asyncio.to_thread(self._open)
        await begun.begin()
        return begun

    def _open(self) -> _Beginning:
        folder = self._settings.data / f"{next(self._numbers)}"
        seeded = self._first_data.put_into(folder)
        app = create_app(
            replace(self._settings, data=folder),
            self.clock,
            more_calls=[sandbox_calls()],
            more_parts={"sandbox": self},
            stays=self.orders.stays,
        )
        return _Beginning(
            app=app, folder=folder, counter=seeded.counter, visits=seeded_visits(seeded.at)
        )
