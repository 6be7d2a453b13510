"""How does a receiver run until it is told to stop?

One process, so that killing it kills all of it: Granian's network threads, Python's one event
loop, and the worker's threads.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from socket import AF_INET, AF_INET6, create_server

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from visitjoin.contract.errors import SettingError
from visitjoin.receiver.app import create_app
from visitjoin.receiver.config import Settings
from visitjoin.receiver.logs import log_as_json

Say = Callable[[str], None]


def serve(settings: Settings, on_start: Say = print) -> None:
    """Run a receiver until SIGTERM or SIGINT.

    on_start: told a sentence at a time: a new administrator's token, once, and the address.

    Raises SettingError where the port is taken. Several may run over the same folder, catalog and
    lake, each on a port of its own.
    """
    log_as_json()
    settings.data.mkdir(parents=True, exist_ok=True)
    port = _free_port(settings)
    app = create_app(settings)
    if token := app.state.new_admin_token:
        on_start(f"Admin token, shown this once: {token}")
    asyncio.run(_run(app, settings, port, on_start))


async def _run(app: Litestar, settings: Settings, port: int, on_start: Say) -> None:
    server = Server(
        app,
        address=settings.host,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    told = asyncio.create_task(stopping.wait())
    await _until_open(settings.host, port, serving)
    on_start(f"Listening on http://{settings.host}:{port}")
    await asyncio.wait([serving, told], return_when=asyncio.FIRST_COMPLETED)
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait([serving], timeout=settings.stop_grace.total_seconds())
    if not serving.done() or not app.state.worker.is_at_rest:
        # Who still sends was not answered, and so was promised nothing; what the worker has in
        # hand is done again after the next start. Waiting for either could take for ever.
        os._exit(0)
    await serving


async def _until_open(host: str, port: int, serving: asyncio.Task[None]) -> None:
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return


def _free_port(settings: Settings) -> int:
    """The port to listen on. Granian shares a port with whoever listens on it in the same way."""
    family = AF_INET6 if ":" in settings.host else AF_INET
    try:
        with create_server((settings.host, settings.port), family=family) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        raise SettingError(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. "
            "Choose another port, or stop what listens there."
        ) from error
