"""How does a visit that comes again take the place of the one that was there?

deltalake's merge holds both sides in memory: 2.5 GB for a million visits into two. So the engine,
which spills, writes one new file: the rows of the import, and what stays of the files that hold
visits with the same ids. One commit puts it in the place of those files.
"""

from functools import partial
from pathlib import Path

import duckdb

from visitjoin.receiver.lake.lake import Lake, files_of
from visitjoin.receiver.lake.reading import query
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visit_files import (
    again_and_again,
    replace_files,
    staying,
    transaction_of,
    write_file,
)


def keep_visits(lake: Lake, rows: Path, *, counter_id: int) -> int:
    """Put visits into the lake, each visit_id once: the newest import wins, and in it the last row.

    rows: a Parquet file with the columns of a visit. On disk when this returns, and repeatable.

    Returns how many of the visit ids the counter did not have before.
    """
    return again_and_again(partial(_keep, lake, rows, counter_id), counter_id)


def imports_of_visits(lake: Lake, counter_id: int) -> int:
    """How many imports of visits a counter has had, since they are counted."""
    return lake.open(LakeTable.VISITS).transaction_version(transaction_of(counter_id)) or 0


def _keep(lake: Lake, rows: Path, counter_id: int) -> int:
    with lake.writing, lake.connect() as connection:
        connection.execute(query("visits_last"), {"rows": str(rows)})
        # One look at the table for everything: Delta refuses the commit where another process
        # imported visits of the counter after it.
        delta = lake.open(LakeTable.VISITS)
        known = _known_by_file(connection, files_of(delta, counter_id))
        new = _count(connection) - sum(known.values())
        if new or known:
            kept = connection.sql(query("visits_imported"), params={"rows": str(rows)})
            if known:
                kept = kept.union(staying(connection, list(known)))
            imports = (delta.transaction_version(transaction_of(counter_id)) or 0) + 1
            replace_files(
                lake,
                connection,
                delta,
                counter_id,
                written=[write_file(lake, kept, counter_id)],
                replaced=known,
                transactions={transaction_of(counter_id): imports},
            )
    return new


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    ((visits,),) = connection.execute("select count(*) from spoken_of").fetchall()
    return int(visits)


def _known_by_file(connection: duckdb.DuckDBPyConnection, files: list[str]) -> dict[str, int]:
    """How many visits of the import each file holds already; files without one are left out."""
    if not files:
        return {}
    return dict(connection.execute(query("visits_known"), {"files": files}).fetchall())
