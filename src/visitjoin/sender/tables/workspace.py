"""The tables of one run: Parquet files in a folder, and DuckDB to ask them.

Nothing here grows with the number of rows but files on disk. Queries are files of this room; where
a run has a ledger, they are asked of the ledger's own engine and can name its tables.
"""

import glob
import re
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

    def __init__(
        self,
        folder: Path,
        memory_limit: str | None = None,
        engine: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        """Take a folder.

        memory_limit: such as `2GB`; default a quarter of the machine. engine: to ask, with its own
        limit, as that of a ledger; None for one of the workspace's own for each question.
        """
        self.folder = folder
        self._memory_limit = memory_limit or default_memory_limit()
        self._shared = engine
        if engine is not None:
            engine.execute(f"set temp_directory = '{_quoted(folder)}'")

    def table(self, name: str) -> Path:
        """The file of a table."""
        return self.folder / f"{name}.parquet"

    def source(self, name: str) -> str:
        """A table as the text of a query names it, wherever the folder is."""
        return f"read_parquet('{_pattern(self.table(name))}')"

    def part(self, name: str, number: int) -> Path:
        """The file of a part of a table; its column `filename` says which part a row is of."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder / f"{number}.parquet"

    def parts(self, name: str) -> list[Path]:
        """The files of all parts of a table, in the order of their numbers."""
        return sorted(self.part(name, 0).parent.iterdir(), key=lambda file: int(file.stem))

    @property
    def has_outcomes(self) -> bool:
        """Whether a server, or a prediction, has said anything by row."""
        return len(self.parts("outcomes")) > 1

    def run(self, query: str, into: str, **terms: object) -> None:
        """Run a query file and keep its answer as a table. terms: its parameters."""
        self.write(query, self.table(into), **terms)

    def hold(self, query: str, name: str, **terms: object) -> None:
        """Run a query file and hold its answer in the shared engine, as a temporary table.

        For what a Parquet file cannot hold, numbers of 128 bits. What does not fit into memory
        goes to disk all the same.
        """
        text = text_of(query)
        with self._engine(text) as engine:
            engine.execute(f"create or replace temp table {name} as ({text})", terms)

    def name(self, query: str, name: str) -> None:
        """Give a query file a name, as a view of the shared engine."""
        text = text_of(query)
        with self._engine(text) as engine:
            engine.execute(f"create or replace temp view {name} as ({text})")

    def write(self, query: str, path: Path, **terms: object) -> None:
        """Write the answer of a query file: `.csv` with a header, anything else as Parquet."""
        form = "csv, header" if path.suffix.casefold() == ".csv" else "parquet"
        self._copy(text_of(query), path, form, terms)

    def write_csv(self, query: str, path: Path, **terms: object) -> None:
        """Write the answer of a query, given as text, as a CSV with a header."""
        self._copy(query, path, "csv, header", terms)

    def rows(self, query: str, **terms: object) -> list[tuple[Any, ...]]:
        """The answer of a query file that has few rows."""
        text = text_of(query)
        with self._engine(text) as engine:
            return engine.execute(text, terms).fetchall()

    def _copy(self, query: str, path: Path, form: str, terms: dict[str, object]) -> None:
        with self._engine(query) as engine:
            engine.execute(f"copy ({query}) to '{_quoted(path)}' (format {form})", terms)

    @contextmanager
    def _engine(self, query: str) -> Iterator[duckdb.DuckDBPyConnection]:
        if self._shared is not None:
            self._name_files(self._shared, query)
            yield self._shared
            return
        engine = duckdb.connect(
            config={"memory_limit": self._memory_limit, "temp_directory": str(self.folder)}
        )
        engine.execute("set enable_progress_bar = false")
        try:
            self._name_files(engine, query)
            yield engine
        finally:
            engine.close()

    def _name_files(self, engine: duckdb.DuckDBPyConnection, query: str) -> None:
        """Name the files that a query reads: to name parts, each of them has to be opened."""
        words = set(_WORD.findall(query))
        for file in self.folder.glob("*.parquet"):
            if file.stem in words:
                source = self.source(file.stem)
                engine.execute(f"create or replace temp view {file.stem} as from {source}")
        for parts in {file.parent for file in self.folder.glob("*/*.parquet")}:
            if parts.name in words:
                every = f"{_pattern(parts)}/*.parquet"
                source = f"read_parquet('{every}', filename = true, union_by_name = true)"
                engine.execute(f"create or replace temp view {parts.name} as from {source}")


_WORD: Final = re.compile(r"\w+")


def text_of(query: str) -> str:
    """The text of a query file."""
    return _SQL.joinpath(query).read_text(encoding="utf-8")


def _pattern(path: Path) -> str:
    """A path that is to be read: DuckDB takes it for a pattern, and this one names it alone."""
    return _quoted(Path(glob.escape(str(path))))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
