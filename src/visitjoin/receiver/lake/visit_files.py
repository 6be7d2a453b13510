"""How does one commit put new files of visits in the place of old ones?"""

import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

import duckdb
import msgspec
import structlog
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction, RemoveAction

from visitjoin.linking.addresses import is_folder
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query
from visitjoin.receiver.lake.tables import PARTITION, LakeTable

_log = structlog.get_logger()

T = TypeVar("T")

_MOST_TRIES: Final = 5
"""Of one commit, while other processes bring visits of the same counter."""

_ROW_GROUP: Final = 50_000
"""Rows that the engine holds until it writes them."""


def again_and_again(commit: Callable[[], T], counter_id: int) -> T:
    """Do what ends in one commit to a counter's visits, anew where another was faster.

    Raises CommitFailedError where another was faster each time.
    """
    for _ in range(_MOST_TRIES - 1):
        try:
            return commit()
        except CommitFailedError:
            _log.info("visits_tried_again", counter=counter_id)
    return commit()


def staying(connection: duckdb.DuckDBPyConnection, files: list[str]) -> duckdb.DuckDBPyRelation:
    """What stays of files of visits: all that `spoken_of`, a table of visit_id, does not name."""
    return connection.sql(query("visits_staying"), params={"files": files})


def transaction_of(counter_id: int) -> str:
    """Counts the imports of visits of a counter."""
    return f"{LakeTable.VISITS}/{counter_id}"


def write_file(lake: Lake, rows: duckdb.DuckDBPyRelation, counter_id: int) -> str:
    """Write visits into a new file, which is not part of the table yet. Returns its path there."""
    folder = f"{PARTITION}={counter_id}"
    if is_folder(lake.url):  # an object store has no folders to be made
        Path(lake.url, LakeTable.VISITS, folder).mkdir(exist_ok=True)
    written = f"{folder}/{uuid.uuid4()}.parquet"
    rows.write_parquet(f"{lake.url}/{LakeTable.VISITS}/{written}", row_group_size=_ROW_GROUP)
    return written


def replace_files(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    delta: DeltaTable,
    counter_id: int,
    *,
    written: Sequence[str],
    replaced: Collection[str],
    transactions: Mapping[str, int],
) -> None:
    """Make files of visits part of the table and take others out of it. On disk when this returns.

    delta: the table of visits as it was when the files were looked at. written: as `write_file`
    returned them; replaced: addresses of files; transactions: what is noted with it, by name.

    Raises CommitFailedError where another replaced one of the files, or noted one of these
    transactions, since then.
    """
    root = f"{lake.url}/{LakeTable.VISITS}/"
    added = [_added(connection, root, path, counter_id) for path in written]
    removed = [
        RemoveAction(
            path.removeprefix(root),
            data_change=True,
            deletion_timestamp=_now(),
            partition_values=_owner(counter_id),
        )
        for path in replaced
    ]
    noted = [Transaction(name, version) for name, version in transactions.items()]
    delta.create_write_transaction(
        [*added, *removed],
        "append",
        LakeTable.VISITS.schema,
        partition_by=[PARTITION],
        commit_properties=CommitProperties(app_transactions=noted),
    )
    lake.settle_after(delta)


def _added(
    connection: duckdb.DuckDBPyConnection, root: str, path: str, counter_id: int
) -> AddAction:
    asked = {"file": root + path}
    ((rows, size),) = connection.execute(query("size_of_file"), asked).fetchall()
    ((first, last),) = connection.execute(query("starts_of_file"), asked).fetchall()
    stats = {
        "numRecords": rows,
        "minValues": {"started_at": first},
        "maxValues": {"started_at": last},
    }
    return AddAction(
        path,
        size,
        _owner(counter_id),
        _now(),
        data_change=True,
        stats=msgspec.json.encode(stats).decode(),
    )


def _owner(counter_id: int) -> dict[str, str | None]:
    return {PARTITION: str(counter_id)}


def _now() -> int:
    # The machine's own clock, in milliseconds, as deltalake stamps its commits: no answer of ours
    # depends on it, only when a vacuum may remove the replaced files.
    return time.time_ns() // 1_000_000
