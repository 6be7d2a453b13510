"""The tables of one run: Parquet files in a folder, and DuckDB to ask them.

Nothing here grows with the number of rows but files on disk.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import duckdb

from visitjoin.linking import default_memory_limit

_SQL: Final = files(__package__)


class Workspace:
    """A folder of Parquet files that queries know by their names without the ending."""

    def __init__(self, folder: Path, memory_limit: str | None = None) -> None:
        """Take a folder. memory_limit: such as `2GB`; default a quarter of the machine."""
        self.folder = folder
        self._memory_limit = memory_limit or default_memory_limit()

    def table(self, name: str) -> Path:
        """The file of a table."""
        return self.folder / f"{name}.parquet"

    def run(self, query: str, into: str, **terms: int) -> None:
        """Run a query file and keep its answer as a table. terms: the columns of `terms`."""
        text = _text(query)
        with self._engine() as engine:
            if terms:
                columns = ", ".join(f"{value} as {name}" for name, value in terms.items())
                engine.execute(f"create view terms as select {columns}")
            engine.execute(f"copy ({text}) to '{_quoted(self.table(into))}' (format parquet)")

    def write(self, query: str, path: Path) -> None:
        """Write the answer of a query file: `.csv` with a header, anything else as Parquet."""
        form = "csv, header" if path.suffix.casefold() == ".csv" else "parquet"
        with self._engine() as engine:
            engine.execute(f"copy ({_text(query)}) to '{_quoted(path)}' (format {form})")

    def write_csv(self, query: str, path: Path) -> None:
        """Write the answer of a query as a CSV with a header."""
        with self._engine() as engine:
            engine.execute(f"copy ({query}) to '{_quoted(path)}' (format csv, header)")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The answer of a query file that has few rows."""
        with self._engine() as engine:
            return engine.execute(_text(query)).fetchall()

    @contextmanager
    def _engine(self) -> Iterator[duckdb.DuckDBPyConnection]:
        engine = duckdb.connect(
            config={"memory_limit": self._memory_limit, "temp_directory": str(self.folder)}
        )
        engine.execute("set enable_progress_bar = false")
        try:
            for file in self.folder.glob("*.parquet"):
                engine.execute(f"create view {file.stem} as from read_parquet('{_quoted(file)}')")
            yield engine
        finally:
            engine.close()


def _text(query: str) -> str:
    return _SQL.joinpath(query).read_text(encoding="utf-8")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
