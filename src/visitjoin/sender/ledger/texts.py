"""The query files of this room, and what DuckDB says of a query that failed."""

from importlib.resources import files

import duckdb


def text_of(query: str) -> str:
    """The text of a query file. query: its name."""
    return files(__package__).joinpath(query).read_text(encoding="utf-8")


def first_line(error: duckdb.Error) -> str:
    """What is wrong, without the hints and the trace that DuckDB puts below."""
    return str(error).partition("\n")[0]
