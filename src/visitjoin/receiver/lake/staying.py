"""What does a thread keep that has much to do with the tables?

An engine takes 9 ms of a core to begin and to end, and a table 4 to be opened: more than what is
asked of them, where an uploading has a hundred rows. So who has many at hand keeps both for as long
as that lasts. It is not kept longer: an engine holds memory, and a table that was opened long ago
may miss changes whose log has been cleared away.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import duckdb
from deltalake import DeltaTable


@dataclass
class Stay:
    """The engine and the open tables of a thread."""

    begin: Callable[[], duckdb.DuckDBPyConnection]
    """Makes an engine."""
    _engine: duckdb.DuckDBPyConnection | None = None
    _tables: dict[str, DeltaTable] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The engine, with names of its own: what others called a view or table is not there."""
        if self._engine is None:
            self._engine = self.begin()
            # Files are read once: to keep what was in them would fill the memory to its limit.
            self._engine.execute("set enable_external_file_cache = false")
        names = f"names_{next(self._numbers)}"
        with self._engine.cursor() as connection:
            connection.execute("set enable_progress_bar = false")
            connection.execute(f"attach ':memory:' as {names}")
            connection.execute(f"use {names}")
            try:
                yield connection
            finally:
                connection.execute("use memory")
                connection.execute(f"detach {names}")

    def open(self, url: str) -> DeltaTable:
        """A table as it is now, which must be there."""
        table = self._tables.get(url)
        if table is None:
            table = self._tables[url] = DeltaTable(url)
        else:
            table.update_incremental()
        return table

    def is_open(self, url: str) -> bool:
        """Whether a table was opened before."""
        return url in self._tables

    def end(self) -> None:
        """Keep nothing any more."""
        self._tables.clear()
        if self._engine is not None:
            self._engine.close()
            self._engine = None
