"""How does a sandbox run until it is told to stop?

One process: the front, which takes the connections, and the receiver behind it on a port of this
machine alone. What they keep is in a scratch folder and goes with them.
"""

import asyncio
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from granian.constants import Interfaces

from visitjoin.contract.sandbox import SandboxState
from visitjoin.disk.scratch import scratch
from visitjoin.receiver.config import Settings
from visitjoin.receiver.logs import log_as_json
from visitjoin.receiver.sandbox.front import front
from visitjoin.receiver.sandbox.sandbox import Sandbox
from visitjoin.receiver.serve import address_of, free_port, run_until_told

_LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A sandbox that answers."""

    address: str
    token: str
    state: SandboxState


OnOpen: TypeAlias = Callable[[Opened], None]


def serve_sandbox(settings: Settings, on_open: OnOpen) -> None:
    """Run a sandbox until SIGTERM or SIGINT.

    settings: of the receiver in it; where it keeps what is not asked: `data`, `catalog_url` and
    `lake_url` are passed over. Without an `admin_token` one is made. on_open: told when it answers.

    Raises SettingError where the port is taken.
    """
    log_as_json()
    port = free_port(settings.host, settings.port)
    token = settings.admin_token or f"sandbox-{secrets.token_hex(16)}"
    with scratch() as folder:
        inside = replace(settings, data=folder, catalog_url=None, lake_url=None, admin_token=token)
        asyncio.run(_run(inside, (settings.host, port), token, on_open))


async def _run(settings: Settings, at: tuple[str, int], token: str, on_open: OnOpen) -> None:
    behind = (_LOOPBACK, free_port(_LOOPBACK, 0))
    side_door = address_of(*behind)
    async with Sandbox(settings, side_door=side_door) as sandbox:
        with front(at, behind, sandbox.orders) as (host, port):
            done = await run_until_told(
                sandbox,
                behind,
                interface=Interfaces.ASGINL,
                grace=settings.stop_grace,
                on_open=lambda: on_open(
                    Opened(address=address_of(host, port), token=token, state=sandbox.state)
                ),
            )
    if not done:
        os._exit(0)  # who still sends could be waited for without end
