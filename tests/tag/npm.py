"""Other people's wrappers, installed once and kept in the checkout, and made one file by esbuild.

npm installs from whatever registry is configured for it. What is kept goes by the programs
and the pinned versions.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.clients.environments import NotHere, once

_PROGRAMS: Final = Path(__file__).parent / "wrappers"
"""The programs, and the package.json that pins what they import."""

_FOLDER: Final = Path(__file__).parent.parent.parent / ".venv-clients"

_INSTALL: Final = (
    *("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"),
    "--ignore-scripts",  # nothing of what is installed runs but what the test runs
    *("--fetch-retries=1", "--fetch-timeout=20000"),  # without a network it is skipped soon
)


def bundled(program: str) -> str:
    """A program with all that it imports, as a page loads it. Raises NotHere."""
    if shutil.which("npm") is None:
        raise NotHere("npm is not on this machine.")
    contents = b"".join(file.read_bytes() for file in sorted(_PROGRAMS.iterdir()))
    key = hashlib.sha256(contents).hexdigest()[:12]
    folder = _FOLDER / f"wrappers-{key}"
    _FOLDER.mkdir(exist_ok=True)
    once(_FOLDER / f"{folder.name}.made", lambda: _install(folder))
    esbuild = folder / "node_modules" / ".bin" / "esbuild"
    done = subprocess.run(
        [esbuild, folder / program, "--bundle", '--define:process.env.NODE_ENV="production"'],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _install(folder: Path) -> str:
    """Returns what npm said."""
    shutil.rmtree(folder, ignore_errors=True)  # half an installation of a run that was ended
    shutil.copytree(_PROGRAMS, folder)
    npm = subprocess.run(_INSTALL, cwd=folder, capture_output=True, text=True, check=False)
    if npm.returncode != 0:
        *_, reason = npm.stderr.strip().splitlines()
        raise NotHere(f"The wrappers are not to be had from the package registry: {reason}")
    return npm.stdout
