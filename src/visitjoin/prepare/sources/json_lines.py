"""JSON Lines: an object a row. A column is whatever key some object has."""

from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from visitjoin.contract.errors import SourceError
from visitjoin.prepare.sources.table import Table, numbered

_MEMORY: Final = "256MB"
"""Enough for two threads; without it 4 million rows took 1.4 times the memory of one million."""

_SOURCE: Final = "read_json($1, format='newline_delimited', columns={row: 'JSON'}, records=false)"


def open_json_lines(path: Path, rows: Path) -> Table:
    """Open a file of JSON Lines. rows: a Parquet file to write for it.

    Raises SourceError where it is not JSON Lines.
    """
    # DuckDB keeps the text of a JSON number; a parser of numbers would drop the last digits.
    # It keeps the order of rows by holding some back; past its limit it writes them to the folder.
    connection = duckdb.connect(
        config={"threads": 2, "memory_limit": _MEMORY, "temp_directory": str(rows.parent)}
    )
    try:
        keys = [
            name
            for (name,) in connection.execute(
                f"select distinct unnest(json_keys(row)) from {_SOURCE}",  # noqa: S608 - constant
                [str(path)],
            ).fetchall()
        ]
        columns = ", ".join(
            f"row ->> {_text(_path_of(key))} as c{number}" for number, key in enumerate(keys)
        )
        connection.execute(
            f"copy (select {columns} from {_SOURCE}) "  # noqa: S608 - keys are quoted
            f"to {_text(str(rows))} (format parquet)",
            [str(path)],
        )
    except duckdb.Error as error:
        raise SourceError(f"Not JSON Lines: {error}", path=path) from None
    finally:
        connection.close()
    return Table(path=path, frame=numbered(pl.scan_parquet(rows)), headers=tuple(keys))


def _path_of(key: str) -> str:
    return f'$."{key}"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
