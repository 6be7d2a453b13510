"""What do the rows say? Every question is a file of SQL over views with the tables' names."""

from functools import cache
from importlib.resources import files

import duckdb

from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable


@cache
def query(name: str) -> str:
    """The text of a query, by the name of its file."""
    return files("visitjoin.receiver.lake").joinpath(f"{name}.sql").read_text(encoding="utf-8")


def show(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    table: LakeTable,
    counter_id: int,
    *uploading_ids: int,
) -> None:
    """Make a view with the table's name over the rows of a counter.

    uploading_ids: only files that may hold rows of these are read; the query still has to ask for
    them.
    """
    show_files(connection, table.value, table, lake.files(table, counter_id, *uploading_ids))


def show_files(
    connection: duckdb.DuckDBPyConnection, name: str, table: LakeTable, files: list[str]
) -> None:
    """Make a view of that name over files of a table, which may be none."""
    if files:
        rows = connection.read_parquet(files, hive_partitioning=False)
    else:
        rows = connection.from_arrow(table.schema.empty_table())
    rows.create_view(name)


def show_links(
    lake: Lake, connection: duckdb.DuckDBPyConnection, counter_id: int, *uploading_ids: int
) -> None:
    """Make a view `links` of what became of a counter's conversions, late visits included.

    uploading_ids: as above.
    """
    for name, table in (("first_links", LakeTable.LINKS), ("late_links", LakeTable.LATE_LINKS)):
        show_files(connection, name, table, lake.files(table, counter_id, *uploading_ids))
    connection.execute(query("standing_links"))
