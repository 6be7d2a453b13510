"""How does a visit that comes again take the place of the one that was there?"""

from pathlib import Path

import duckdb
from deltalake import write_deltalake

from visitjoin.receiver.lake.lake import BATCH, Lake
from visitjoin.receiver.lake.reading import query, show
from visitjoin.receiver.lake.tables import PARTITION, LakeTable


def keep_visits(lake: Lake, rows: Path, *, counter_id: int) -> int:
    """Put visits into the lake, each visit_id once: the newest import wins, and in it the last row.

    rows: a Parquet file with the columns of a visit. On disk when this returns, and repeatable.

    Returns how many of the visit ids the counter did not have before.
    """
    with lake.writing, lake.connect() as connection:
        show(lake, connection, LakeTable.VISITS, counter_id)
        connection.execute(query("visits_once"), {"counter": counter_id, "rows": str(rows)})
        once, known = _counted(connection)
        if known:
            _merge(lake, connection, counter_id)
        else:
            _append(lake, connection)
    return once - known


def _counted(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    ((once, known),) = connection.execute(query("visits_known")).fetchall()
    return once, known


def _append(lake: Lake, connection: duckdb.DuckDBPyConnection) -> None:
    delta = lake.open(LakeTable.VISITS)
    write_deltalake(delta, connection.table("visits_once").to_arrow_reader(BATCH), mode="append")
    lake.settle(delta)


def _merge(lake: Lake, connection: duckdb.DuckDBPyConnection, counter_id: int) -> None:
    delta = lake.open(LakeTable.VISITS)
    # The counter stands in the text as well: only then are other counters' files left unread.
    merge = delta.merge(
        connection.table("visits_once").to_arrow_reader(BATCH),
        predicate=f"there.{PARTITION} = {counter_id:d} and there.{PARTITION} = new.{PARTITION} "
        "and there.visit_id = new.visit_id",
        source_alias="new",
        target_alias="there",
    )
    merge.when_matched_update_all().when_not_matched_insert_all().execute()
    lake.settle(delta)
