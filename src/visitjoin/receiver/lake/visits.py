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
import structlog
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction, RemoveAction

from visitjoin.linking.addresses import is_folder
from visitjoin.receiver.lake.lake import Lake, files_of
from visitjoin.receiver.lake.reading import query, show_files
from visitjoin.receiver.lake.tables import PARTITION, LakeTable

_log = structlog.get_logger()

_MOST_TRIES: Final = 5
"""Of one import, while other processes import visits of the same counter."""

_ROW_GROUP: Final = 50_000
"""Rows that the engine holds until it writes them."""


def keep_visits(lake: Lake, rows: Path, *, counter_id: int) -> int:
    """Put visits into the lake, each visit_id once: the newest import wins, and in it the last row.

    rows: a Parquet file with the columns of a visit. On disk when this returns, and repeatable.

    Returns how many of the visit ids the counter did not have before.
    """
    for _ in range(_MOST_TRIES - 1):
        try:
            return _keep(lake, rows, counter_id)
        except CommitFailedError:
            _log.info("visits_tried_again", counter=counter_id)
    return _keep(lake, rows, counter_id)


def imports_of_visits(lake: Lake, counter_id: int) -> int:
    """How many imports of visits a counter has had, since they are counted."""
    return lake.open(LakeTable.VISITS).transaction_version(_transaction(counter_id)) or 0


def _transaction(counter_id: int) -> str:
    return f"{LakeTable.VISITS}/{counter_id}"


def _keep(lake: Lake, rows: Path, counter_id: int) -> int:
    with lake.writing, lake.connect() as connection:
        connection.execute(query("visits_last"), {"rows": str(rows)})
        # One look at the table for everything: Delta refuses the commit where another process
        # imported visits of the counter after it.
        delta = lake.open(LakeTable.VISITS)
        known = _known_by_file(connection, files_of(delta, counter_id))
        new = _count(connection) - sum(known.values())
        if new or known:
            written = _write(lake, connection, rows, counter_id, known)
            size = _size(connection, f"{lake.url}/{LakeTable.VISITS}/{written}")
            _commit(lake, delta, counter_id, _added(written, size, counter_id), known)
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
    if is_folder(lake.url):  # an object store has no folders to be made
        Path(lake.url, LakeTable.VISITS, folder).mkdir(exist_ok=True)
    written = f"{folder}/{uuid.uuid4()}.parquet"
    show_files(connection, "replaced", LakeTable.VISITS, list(replaced))
    kept = connection.sql(query("visits_kept"), params={"rows": str(rows)})
    kept.write_parquet(f"{lake.url}/{LakeTable.VISITS}/{written}", row_group_size=_ROW_GROUP)
    return written


def _size(connection: duckdb.DuckDBPyConnection, file: str) -> tuple[int, int]:
    """Rows and bytes of a Parquet file."""
    ((rows, size),) = connection.execute(query("size_of_file"), {"file": file}).fetchall()
    return rows, size


def _commit(
    lake: Lake, delta: DeltaTable, counter_id: int, added: AddAction, replaced: Collection[str]
) -> None:
    root = f"{lake.url}/{LakeTable.VISITS}/"
    removed = [
        RemoveAction(
            path.removeprefix(root),
            data_change=True,
            deletion_timestamp=_now(),
            partition_values=_owner(counter_id),
        )
        for path in replaced
    ]
    transaction = _transaction(counter_id)
    imports = (delta.transaction_version(transaction) or 0) + 1
    delta.create_write_transaction(
        [added, *removed],
        "append",
        LakeTable.VISITS.schema,
        partition_by=[PARTITION],
        commit_properties=CommitProperties(app_transactions=[Transaction(transaction, imports)]),
    )
    lake.settle(delta)


def _added(written: str, size: tuple[int, int], counter_id: int) -> AddAction:
    rows, size_in_bytes = size
    stats = msgspec.json.encode({"numRecords": rows}).decode()
    return AddAction(
        written, size_in_bytes, _owner(counter_id), _now(), data_change=True, stats=stats
    )


def _owner(counter_id: int) -> dict[str, str | None]:
    return {PARTITION: str(counter_id)}


def _now() -> int:
    # The machine's own clock, in milliseconds, as deltalake stamps its commits: no answer of ours
    # depends on it, only when a vacuum may remove the replaced files.
    return time.time_ns() // 1_000_000
