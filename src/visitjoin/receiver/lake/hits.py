"""How do hits get into the lake, each once, and which of its files hold them?

An append of hits is a batch, and has a number: visits know by it up to where they are made. It is
noted with the rows, and so is the journal they came from.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import duckdb
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from visitjoin.receiver.lake.forgetting import remove
from visitjoin.receiver.lake.lake import BATCH, Lake
from visitjoin.receiver.lake.reading import query
from visitjoin.receiver.lake.tables import PARTITION, LakeTable

KNOWN_AGAIN: Final = timedelta(days=2)
"""How long a hit is known again by its id. What is sent again comes within the 12 hours that `et`
may lie back, from a browser that was closed over night maybe."""

_BATCHES: Final = "batches"


class HitsFile(NamedTuple):
    """A file of hits, and what is in it at most."""

    address: str
    counter_id: int
    newest_batch: int
    last_happened: int
    """Unix seconds."""
    last_received_ms: int


def keep_hits(
    lake: Lake,
    journal: Path,
    *,
    owner: str,
    number: int,
    is_robot: Callable[[str], bool],
) -> int:
    """Put the hits of a sealed journal into the lake, once: a repeat does nothing.

    owner, number: whose journal it is, and which; they come in their order. is_robot: by a
    User-Agent.

    On disk when this returns. Returns how many hits the lake did not have. Raises CommitFailedError
    where another does the same at the same moment.
    """
    noted = f"journal/{owner}"
    with lake.writing, lake.connect() as connection:
        delta = lake.open(LakeTable.HITS)
        if (delta.transaction_version(noted) or 0) >= number:
            return 0
        connection.execute(query("hits_journal"), {"journal": str(journal)})
        _show_robots(connection, is_robot)
        connection.execute(query("hits_read"))
        _show_known(lake, connection, delta)
        batch = newest_batch(delta) + 1
        connection.execute(query("hits_new"), {"batch": batch})
        ((new,),) = connection.execute("select count(*) from hits_new").fetchall()
        if new:
            transactions = [Transaction(noted, number), Transaction(_BATCHES, batch)]
            write_deltalake(
                delta,
                connection.table("hits_new").to_arrow_reader(BATCH),
                mode="append",
                commit_properties=CommitProperties(app_transactions=transactions),
            )
            lake.settle(delta)
        return int(new)


def forget_hits(lake: Lake, counter_id: int, *, before: datetime) -> None:
    """Remove the hits of a counter that happened before a moment, aware. Their visits stay.

    Raises CommitFailedError where another changed the same files at the same moment.
    """
    predicate = f"{PARTITION} = {counter_id:d} and happened_at < {int(before.timestamp()):d}"
    remove(lake, lake.open(LakeTable.HITS), predicate)


def newest_batch(delta: DeltaTable) -> int:
    """The number of the newest append of hits; 0 where there is none."""
    return delta.transaction_version(_BATCHES) or 0


def files_of_hits(lake: Lake, delta: DeltaTable) -> list[HitsFile]:
    """All files of the table, by what Delta knows of them."""
    actions = pa.table(delta.get_add_actions(flatten=True))
    return [
        HitsFile(
            f"{lake.url}/{LakeTable.HITS}/{row['path']}",
            int(row[f"partition.{PARTITION}"]),
            row["max.batch"] or 0,
            row["max.happened_at"] or 0,
            row["max.received_ms"] or 0,
        )
        for row in actions.to_pylist()
    ]


def show_hits(
    connection: duckdb.DuckDBPyConnection, name: str, files: Collection[HitsFile]
) -> None:
    """Make a view of that name over files of hits, which may be none, with their counters."""
    if files:
        rows = connection.read_parquet([file.address for file in files], hive_partitioning=True)
    else:
        rows = connection.from_arrow(LakeTable.HITS.schema.empty_table())
    rows.create_view(name)


def show_hits_of(lake: Lake, connection: duckdb.DuckDBPyConnection, counter_id: int) -> None:
    """Make a view `hits` over the hits of a counter."""
    files = files_of_hits(lake, lake.open(LakeTable.HITS))
    show_hits(connection, "hits", [file for file in files if file.counter_id == counter_id])


def _show_robots(connection: duckdb.DuckDBPyConnection, is_robot: Callable[[str], bool]) -> None:
    agents = connection.execute(
        "select distinct user_agent from journal where user_agent is not null"
    ).fetchall()
    robots = [agent for (agent,) in agents if is_robot(agent)]
    table = pa.table({"user_agent": pa.array(robots, pa.string())})
    connection.from_arrow(table).create_view("journal_robots")


def _show_known(lake: Lake, connection: duckdb.DuckDBPyConnection, delta: DeltaTable) -> None:
    asked = connection.execute("select distinct counter_id from arrived").fetchall()
    counters = {counter_id for (counter_id,) in asked}
    ((first,),) = connection.execute("select min(received_ms) from arrived").fetchall()
    since = (first or 0) - int(KNOWN_AGAIN / timedelta(milliseconds=1))
    files = [
        file
        for file in files_of_hits(lake, delta)
        if file.counter_id in counters and file.last_received_ms >= since
    ]
    show_hits(connection, "known", files)
