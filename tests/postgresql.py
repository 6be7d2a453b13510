"""A PostgreSQL server for the tests, in a folder of its own; skipped where none is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest

PASSWORD: Final = "open%20sesame"  # noqa: S105 - of a server that lives as long as the tests


def binaries() -> Path | None:
    """Where the server's programs are: on the PATH, or where Debian puts them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return debian[-1] if debian else None


class Server:
    """A server in a folder, which listens on a socket there and nowhere else."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.data = folder / "data"

    def start(self) -> None:
        (self.folder / "password").write_text("open sesame")
        if os.geteuid() == 0:
            # The server refuses to run as root.
            for path in (self.folder, self.folder / "password"):
                shutil.chown(path, "nobody")
        self.run(
            *("initdb", "-D", self.data, "-U", "shop", "-A", "scram-sha-256", "-N", "-E", "UTF8"),
            *("--pwfile", self.folder / "password"),
        )
        settings = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        self.run(
            "pg_ctl", "-D", self.data, "-o", settings, "-w", "-l", self.folder / "log", "start"
        )

    def stop(self) -> None:
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def run(self, program: str, *arguments: str | Path) -> None:
        as_nobody = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
        subprocess.run(
            [*(as_nobody if os.geteuid() == 0 else ()), self.programs / program, *arguments],
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://shop:{PASSWORD}@/{database}?host={self.folder}"

    def new_database(self, name: str) -> str:
        """An empty database, in place of one of that name; returns its address."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f'drop database if exists "{name}" with (force)')
            connection.execute(f'create database "{name}"')
        return self.address(name)


@contextmanager
def server() -> Iterator[Server]:
    """A running server. Skips the test that asks where none can be run."""
    programs = binaries()
    if programs is None:
        pytest.skip("No PostgreSQL is installed here (apt-get install postgresql).")
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("PostgreSQL does not run as root, and there is no setpriv to be another user.")
    # A socket's path may have about 100 characters: not pytest's long folders.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        running = Server(programs, Path(folder))
        running.start()
        try:
            yield running
        finally:
            running.stop()
