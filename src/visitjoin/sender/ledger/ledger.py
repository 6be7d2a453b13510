"""Opening a ledger: it is held by one process, of the newest version, and of the right counter."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from visitjoin.contract.errors import LedgerError
from visitjoin.linking import default_memory_limit
from visitjoin.sender.ledger.lock import held
from visitjoin.sender.ledger.place import files_beside
from visitjoin.sender.ledger.schema import bring_up_to_date
from visitjoin.sender.ledger.texts import first_line


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose conversions a ledger keeps."""

    server: str
    counter: int


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """An open ledger. Nobody else has it while it is open."""

    path: Path
    engine: duckdb.DuckDBPyConnection

    @property
    def files(self) -> Path:
        """The folder of the files of batches."""
        return files_beside(self.path)

    def file_of(self, batch: str) -> Path:
        """The CSV of a batch, as it is uploaded. batch: its id."""
        return self.files / f"{batch}.csv"

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, durably, or nothing does."""
        self.engine.begin()
        try:
            yield
        except BaseException:
            self.engine.rollback()
            raise
        self.engine.commit()


@contextmanager
def open_ledger(
    path: Path, owner: Owner, *, now: datetime, memory_limit: str | None = None
) -> Iterator[Ledger]:
    """Open a ledger, made where there is none, for as long as the context lasts.

    now: aware; told to whoever finds it in use. memory_limit: of its queries, such as `2GB`;
    default a quarter of the machine; what is more goes to disk.

    Raises LedgerError where another process holds it, a newer program wrote it, it is of another
    counter, or it is damaged, also where that comes to light in a query inside the context; where
    such a query needs more memory than the limit.
    """
    with held(path, now=now), open_held(path, owner, memory_limit=memory_limit) as ledger:
        try:
            yield ledger
        except duckdb.OutOfMemoryException as error:
            raise LedgerError(
                f"A query over it needs more memory than it may take ({first_line(error)}): a "
                "quarter of the machine's, or what --memory-limit says. Raise that. What was "
                "written down until then is kept.",
                path=path,
            ) from error
        except duckdb.Error as error:
            raise LedgerError(
                f"A query over it failed ({first_line(error)}). Is the disk full? If not, look at "
                "it: visitjoin ledger verify. What was written down until then is kept.",
                path=path,
            ) from error


@contextmanager
def open_held(path: Path, owner: Owner, *, memory_limit: str | None = None) -> Iterator[Ledger]:
    """Open a ledger that this process holds already; else as `open_ledger`."""
    engine = _connect(path, memory_limit or default_memory_limit())
    try:
        try:
            bring_up_to_date(engine, path)
            _check_owner(engine, path, owner)
        except duckdb.Error as error:
            raise _damaged(path, error) from error
        ledger = Ledger(path=path, engine=engine)
        ledger.files.mkdir(exist_ok=True, mode=0o700)
        yield ledger
    finally:
        engine.close()


_FREED_IS_KEPT: Final = {
    "allocator_flush_threshold": "1MB",
    "allocator_bulk_deallocation_flush_threshold": "1MB",
}
"""How much of what a query has freed the engine may keep for the next one. By default 128 and 512
MB, which Polars then needs beside it to write the batches: 360 MB in all instead of 395 for a
million rows, at the same speed; at 16 MB nothing is won yet."""


def _connect(path: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    try:
        engine = duckdb.connect(str(path), config={"memory_limit": memory_limit, **_FREED_IS_KEPT})
    except duckdb.Error as error:
        raise _damaged(path, error) from error
    path.chmod(0o600)
    engine.execute("set enable_progress_bar = false")
    return engine


def _damaged(path: Path, error: duckdb.Error) -> LedgerError:
    return LedgerError(
        f"It cannot be opened ({first_line(error)}). Put back a copy of it, or import an export: "
        "visitjoin ledger import FILE --force.",
        path=path,
    )


def _check_owner(engine: duckdb.DuckDBPyConnection, path: Path, owner: Owner) -> None:
    expected = {"server": owner.server, "counter": str(owner.counter)}
    found = dict(engine.execute("select name, value from about").fetchall())
    if not found:
        engine.executemany("insert into about values ($1, $2)", [*expected.items()])
    elif {name: found.get(name) for name in expected} != expected:
        raise LedgerError(
            f"It is the ledger of counter {found['counter']} of {found['server']}, and not of "
            f"counter {owner.counter} of {owner.server}.",
            path=path,
        )
