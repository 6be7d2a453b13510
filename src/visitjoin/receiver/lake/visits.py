"""How does a visit that comes again take the place of the one that was there?

deltalake's merge holds both sides in memory: 2.5 GB for a million visits into two. So the engine,
which spills, writes one new file: the rows of the import, and what stays of the files that hold
visits with the same ids. One commit puts it in the place of those files.
"""

import time
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import Final

import duckdb
import msgspec
from deltalake.transaction import AddAction, RemoveAction

from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query, show_files
from visitjoin.receiver.lake.tables import PARTITION, LakeTable

_ROW_GROUP: Final = 50_000
"""Rows that the engine holds until it writes them."""


def keep_visits(lake: Lake, rows: Path, *, counter_id: int) -> int:
    """Put visits into the lake, each visit_id once: the newest import wins, and in it the last row.

    rows: a Parquet file with the columns of a visit. On disk when this returns, and repeatable.

    Returns how many of the visit ids the counter did not have before.
    """
    with lake.writing, lake.connect() as connection:
        connection.execute(query("visits_last"), {"rows": str(rows)})
        known = _known_by_file(connection, lake.files(LakeTable.VISITS, counter_id))
        new = _count(connection) - sum(known.values())
        if new or known:
            written = _write(lake, connection, rows, counter_id, known)
            _commit(lake, connection, written, counter_id, known)
    return new


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    ((visits,),) = connection.execute("select count(*) from visits_last").fetchall()
    return int(visits)


def _known_by_file(connection: duckdb.DuckDBPyConnection, files: list[str]) -> dict[str, int]:
    """How many visits of the import each file holds already; files without one are left out."""
    if not files:
        return {}
    return dict(connection.execute(query("visits_known"), {"files": files}).fetchall())


def _write(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    rows: Path,
    counter_id: int,
    replaced: Collection[str],
) -> str:
    folder = f"{PARTITION}={counter_id}"
    if Path(lake.url).is_dir():  # an object store has no folders to be made
        Path(lake.url, LakeTable.VISITS, folder).mkdir(exist_ok=True)
    written = f"{folder}/{uuid.uuid4()}.parquet"
    show_files(connection, "replaced", LakeTable.VISITS, list(replaced))
    kept = connection.sql(query("visits_kept"), params={"rows": str(rows)})
    kept.write_parquet(f"{lake.url}/{LakeTable.VISITS}/{written}", row_group_size=_ROW_GROUP)
    return written


def _commit(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    written: str,
    counter_id: int,
    replaced: Collection[str],
) -> None:
    delta = lake.open(LakeTable.VISITS)
    root = f"{lake.url}/{LakeTable.VISITS}/"
    asked = {"file": root + written}
    ((rows, size),) = connection.execute(query("size_of_file"), asked).fetchall()
    # The machine's own clock, in milliseconds, as deltalake stamps its commits: no answer of ours
    # depends on it, only when a vacuum may remove the replaced files.
    now = time.time_ns() // 1_000_000
    owner: dict[str, str | None] = {PARTITION: str(counter_id)}
    stats = msgspec.json.encode({"numRecords": rows}).decode()
    added = AddAction(written, size, owner, now, data_change=True, stats=stats)
    removed = [
        RemoveAction(
            path.removeprefix(root),
            data_change=True,
            deletion_timestamp=now,
            partition_values=owner,
        )
        for path in replaced
    ]
    delta.create_write_transaction(
        [added, *removed], "append", LakeTable.VISITS.schema, partition_by=[PARTITION]
    )
    lake.settle(delta)
