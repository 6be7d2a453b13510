"""An environment for each client, made once and kept in the checkout.

pip installs from whatever index is configured for it. What is kept goes by the pinned versions, so
that another pin is another environment.
"""

import fcntl
import hashlib
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.clients.clients import Client

_FOLDER: Final = Path(__file__).parent.parent.parent / ".venv-clients"

_PIP: Final = (
    *(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"),
    *("--retries", "1", "--timeout", "20"),  # without a network the tests are to be skipped soon
)


class NotHere(Exception):  # noqa: N818 - no error: a reason to skip
    """A client cannot be had on this machine, and why."""


def python_of(client: Client) -> Path:
    """The Python of a client's environment, which is made where there is none.

    Raises NotHere where it cannot be installed.
    """
    pins = "\n".join(client.pins)
    key = hashlib.sha256(f"{pins}\n{platform.python_version()}".encode()).hexdigest()[:12]
    folder = _FOLDER / f"{client.name}-{client.version}-{key}"
    _FOLDER.mkdir(exist_ok=True)
    once(_FOLDER / f"{folder.name}.made", lambda: _make(folder, client))
    return _python_in(folder)


def _python_in(folder: Path) -> Path:
    return folder / "bin" / "python"


def once(file: Path, make: Callable[[], str]) -> str:
    """What `make` returned to the first process that asked; the others read it from the file."""
    with Path(f"{file}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            file.write_text(make(), "utf-8")
        return file.read_text("utf-8")


def _make(folder: Path, client: Client) -> str:
    """Make an environment. Returns what pip said."""
    shutil.rmtree(folder, ignore_errors=True)  # half an environment of a run that was ended
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    pip = subprocess.run(
        [*_PIP, "--python", str(_python_in(folder)), "install", *client.pins],
        capture_output=True,
        text=True,
        check=False,
    )
    if pip.returncode != 0:
        *_, reason = pip.stderr.strip().splitlines()
        raise NotHere(
            f"{client.name} {client.version} is not to be had from the package index: {reason}"
        )
    return pip.stdout
