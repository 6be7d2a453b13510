"""How does a receiver run until it is told to stop?

One process, so that killing it kills all of it: Granian's network threads, Python's one event
loop, and the worker's threads.
"""

import asyncio
import errno
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from socket import AF_INET, AF_INET6, create_server

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar
from litestar.types import ASGIApp

from visitjoin.contract.errors import SettingError
from visitjoin.receiver.app import create_app
from visitjoin.receiver.config import Settings
from visitjoin.receiver.logs import log_as_json

Say = Callable[[str], None]


def serve(settings: Settings, on_start: Say = print) -> None:
    """Run a receiver until SIGTERM or SIGINT.

    on_start: told a sentence at a time: a new administrator's token, once, and the address.

    Raises SettingError where the port is taken, or the folder cannot be used. Several may run over
    the same folder, catalog and lake, each on a port of its own.
    """
    _make(settings.data)
    log_as_json()
    port = free_port(settings.host, settings.port)
    app = create_app(settings)
    if token := app.state.new_admin_token:
        on_start(f"Admin token, shown this once: {token}")
    asyncio.run(_run(app, settings, port, on_start))


def _make(folder: Path) -> None:
    """Where /var/lib is named as in the examples, but by a user who may not write there, say so."""
    said = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        said = error.strerror
    if said is None and not os.access(folder, os.W_OK | os.X_OK):
        said = os.strerror(errno.EACCES)
    if said is not None:
        raise SettingError(
            f"The folder {folder} cannot be used: {said}. Name one that this user may write to: "
            "--data, or the variable VISITJOIN_DATA."
        )


async def _run(app: Litestar, settings: Settings, port: int, on_start: Say) -> None:
    listening = f"Listening on {address_of(settings.host, port)}"
    done = await run_until_told(
        app,
        (settings.host, port),
        interface=Interfaces.ASGI,
        grace=settings.stop_grace,
        on_open=lambda: on_start(listening),
    )
    if not done or not app.state.worker.is_at_rest:
        # Who still sends was not answered, and so was promised nothing; what the worker has in
        # hand is done again after the next start. Waiting for either could take for ever.
        os._exit(0)


async def run_until_told(
    app: ASGIApp,
    at: tuple[str, int],
    *,
    interface: Interfaces,
    grace: timedelta,
    on_open: Callable[[], None],
) -> bool:
    """Let an application answer until SIGTERM or SIGINT.

    at: host and port, to which nobody listens. interface: with or without a lifespan. grace: how
    long a stop waits for requests that are still running. on_open: told when it answers.

    Returns whether all requests had ended; otherwise the process has to be ended by force.
    """
    host, port = at
    server = Server(
        app, address=host, port=port, interface=interface, websockets=False, log_enabled=False
    )
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    told = asyncio.create_task(stopping.wait())
    await _until_open(host, port, serving)
    on_open()
    await asyncio.wait([serving, told], return_when=asyncio.FIRST_COMPLETED)
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait([serving], timeout=grace.total_seconds())
    if serving.done():
        await serving
    return serving.done()


async def _until_open(host: str, port: int, serving: asyncio.Task[None]) -> None:
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return


def address_of(host: str, port: int) -> str:
    """What a client is told to talk to. host: a name, or an address of either kind."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def free_port(host: str, port: int) -> int:
    """The port to listen on; 0: any. Granian shares a port with whoever listens in the same way.

    Raises SettingError where it is taken.
    """
    family = AF_INET6 if ":" in host else AF_INET
    try:
        with create_server((host, port), family=family) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        # Python adds the address to what the system says.
        said = str(error.strerror).partition(" (while")[0]
        remedy = (
            "Choose another port, or stop what listens there."
            if error.errno == errno.EADDRINUSE
            else "Choose another --host or --port."
        )
        raise SettingError(f"Cannot listen on {host}:{port}: {said}. {remedy}") from error
