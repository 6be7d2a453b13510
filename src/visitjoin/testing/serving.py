"""What the process of a sandbox for tests does, from its first data to its end."""

import gc
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from threading import Thread

import msgspec

from visitjoin.contract.window import UPLOAD_DELAY
from visitjoin.receiver.config import Settings
from visitjoin.receiver.sandbox import Opened, serve_sandbox
from visitjoin.testing.greeting import Greeting


def main() -> None:
    """Run a sandbox until it is told to stop, or whoever started it is gone.

    The collection of garbage may be off; it is on when the sandbox answers.
    """
    # A suite that is killed closes its end of the pipe, and would leave the sandbox behind.
    Thread(target=_watch, name="visitjoin-watch", daemon=True).start()
    settings = Settings(
        data=Path(), port=0, upload_delay=UPLOAD_DELAY, stop_grace=timedelta(seconds=2)
    )
    serve_sandbox(settings, on_open=_greet)
    # Everything is put away, and Python would take its time over taking its engines apart.
    os._exit(0)


def _watch() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _greet(opened: Opened) -> None:
    greeting = Greeting(address=opened.address, token=opened.token, state=opened.state)
    # What is there now stays: without it a reset, which makes much, would have all of it looked
    # through again, 0.1 s each time.
    gc.freeze()
    gc.enable()
    sys.stdout.buffer.write(msgspec.json.encode(greeting) + b"\n")
    sys.stdout.flush()
