"""How do hits become visits, and what if later hits change them?

Hits are facts, and a visit is what `hits_to_visits.sql` makes of them. New hits can change only
the visits of their own visitors, and only from the moment on when the visitor had come before the
first of them. From there on the visits are made twice: of the hits that were there before and of
all. What differs is put into the table of visits, with a note of the last batch it was made of, in
one commit. So it may be repeated after any failure, and visits that were imported are left alone.
"""

from collections.abc import Collection
from functools import partial
from typing import Final, NamedTuple

import duckdb
import pyarrow as pa
from deltalake import DeltaTable

from visitjoin.receiver.lake.hits import HitsFile, files_of_hits, newest_batch, show_hits
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query
from visitjoin.receiver.lake.tables import PARTITION, LakeTable
from visitjoin.receiver.lake.visit_files import (
    again_and_again,
    replace_files,
    staying,
    transaction_of,
    write_file,
)

_LOOKED_BACK: Final = 24 * 3600
"""Seconds before the first new hit: longer than nearly every visit. Where it is not enough, four
times as far, and so on."""

_SMALL_FILE: Final = 4 << 20
"""Bytes, some 40,000 visits. What stays of a smaller file goes into the new one, so that files do
not become many; what stays of a larger one into a file of its own, so that it is not written again
with every hit of a visit."""


class Made(NamedTuple):
    """What new hits came to."""

    visits: int
    """That are new, or other than before."""
    gone: int
    """That are part of another visit now."""


def batches_to_do(lake: Lake) -> dict[int, int]:
    """The counters that have hits of which no visits are made yet, each with its newest batch."""
    newest: dict[int, int] = {}
    for file in files_of_hits(lake, lake.open(LakeTable.HITS)):
        newest[file.counter_id] = max(file.newest_batch, newest.get(file.counter_id, 0))
    visits = lake.open(LakeTable.VISITS)
    return {
        counter_id: batch
        for counter_id, batch in newest.items()
        if (visits.transaction_version(_done(counter_id)) or 0) < batch
    }


def make_visits(lake: Lake, counter_id: int, *, threshold: int, announce: bool) -> Made:
    """Bring the visits of a counter up to its newest hits. On disk when this returns.

    threshold: seconds without a hit after which a visit is over; where it is another than the last
    time, the visits of all kept hits are made again. announce: count it as an import of visits, so
    that conversions which wait for a visit are linked again.

    Raises CommitFailedError where visits of the counter were imported again and again meanwhile.
    """
    return again_and_again(
        partial(_make, lake, counter_id, threshold, announce=announce), counter_id
    )


def counters_to_announce(lake: Lake) -> set[int]:
    """The counters with visits that were made of hits and were not counted as an import yet."""
    visits = lake.open(LakeTable.VISITS)
    counters = {file.counter_id for file in files_of_hits(lake, lake.open(LakeTable.HITS))}
    return {
        counter_id
        for counter_id in counters
        if (visits.transaction_version(_done(counter_id)) or 0)
        > (visits.transaction_version(_announced(counter_id)) or 0)
    }


def announce_visits(lake: Lake, counter_id: int) -> None:
    """Count what was made of hits since the last time as an import of visits.

    Raises CommitFailedError where another imports visits of the counter at the same moment.
    """
    with lake.writing, lake.connect() as connection:
        visits = lake.open(LakeTable.VISITS)
        done = visits.transaction_version(_done(counter_id)) or 0
        replace_files(
            lake,
            connection,
            visits,
            counter_id,
            written=[],
            replaced=[],
            transactions=_announcement(visits, counter_id, done),
        )


def _make(lake: Lake, counter_id: int, threshold: int, *, announce: bool) -> Made:
    with lake.writing, lake.connect() as connection:
        visits = lake.open(LakeTable.VISITS)
        hits = lake.open(LakeTable.HITS)
        done = visits.transaction_version(_done(counter_id)) or 0
        newest = newest_batch(hits)
        before = visits.transaction_version(_threshold(counter_id)) or threshold
        files = [file for file in files_of_hits(lake, hits) if file.counter_id == counter_id]
        if before == threshold:
            _reach(connection, files, done=done, newest=newest, threshold=threshold)
        else:
            show_hits(connection, "all_hits", files)
            connection.execute(query("visitors_all"), {"newest": newest})
        asked = {"counter": counter_id}
        _make_of(connection, "visits_before", done, asked | {"threshold": before})
        _make_of(connection, "visits_now", newest, asked | {"threshold": threshold})
        connection.execute(query("visits_changed"))
        noted = {_done(counter_id): newest, _threshold(counter_id): threshold}
        if announce:
            noted |= _announcement(visits, counter_id, newest)
        _replace(lake, connection, visits, counter_id, noted)
        return _made(connection)


def _reach(
    connection: duckdb.DuckDBPyConnection,
    files: Collection[HitsFile],
    *,
    done: int,
    newest: int,
    threshold: int,
) -> None:
    """Make the table `reached`, looking no further back than has to be."""
    show_hits(connection, "new_hits", [file for file in files if file.newest_batch > done])
    ((first,),) = connection.execute(
        "select min(happened_at) from new_hits where batch > $done", {"done": done}
    ).fetchall()
    back = _LOOKED_BACK
    asked = {"done": done, "newest": newest, "threshold": threshold}
    while True:
        since = max(0, (first or 0) - back)
        looked_at = [file for file in files if file.last_happened >= since]
        connection.execute("drop view if exists all_hits")
        show_hits(connection, "all_hits", looked_at)
        connection.execute(query("visitors_reached"), asked | {"since": since})
        uncertain = connection.execute("select 1 from reached where not is_certain limit 1")
        if since == 0 or not uncertain.fetchall():
            return
        back *= 4


def _make_of(
    connection: duckdb.DuckDBPyConnection, name: str, batch: int, asked: dict[str, int]
) -> None:
    """Make a table of that name of the visits of the hits up to a batch."""
    connection.execute("create or replace temp table up_to as select $b as batch", {"b": batch})
    connection.execute(query("hits_up_to"))
    connection.sql(query("hits_to_visits"), params=asked).create(name)


def _replace(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    visits: DeltaTable,
    counter_id: int,
    noted: dict[str, int],
) -> None:
    sizes = _sizes_of_replaced(lake, connection, visits, counter_id)
    small = [file for file, size in sizes.items() if size < _SMALL_FILE]
    new = connection.table("visits_changed")
    if small:
        new = new.union(staying(connection, small))
    parts = [new]
    parts += [staying(connection, [file]) for file in sizes if file not in small]
    replace_files(
        lake,
        connection,
        visits,
        counter_id,
        written=[write_file(lake, rows, counter_id) for rows in parts if rows.limit(1).fetchall()],
        replaced=sizes,
        transactions=noted,
    )


def _sizes_of_replaced(
    lake: Lake, connection: duckdb.DuckDBPyConnection, visits: DeltaTable, counter_id: int
) -> dict[str, int]:
    """The files that hold visits which do not stay, with their bytes."""
    ((first, last),) = connection.execute(
        "select min(started_at), max(started_at) from spoken_of"
    ).fetchall()
    if first is None:
        return {}
    sizes = {}
    for row in pa.table(visits.get_add_actions(flatten=True)).to_pylist():
        # Files of before have no word of when their visits started.
        least, greatest = row.get("min.started_at"), row.get("max.started_at")
        is_beside = least is not None and (least > last or greatest < first)
        if row[f"partition.{PARTITION}"] == counter_id and not is_beside:
            sizes[f"{lake.url}/{LakeTable.VISITS}/{row['path']}"] = row["size_bytes"]
    if not sizes:
        return {}
    found = connection.execute(query("visits_spoken_of"), {"files": list(sizes)}).fetchall()
    return {file: sizes[file] for (file,) in found}


def _made(connection: duckdb.DuckDBPyConnection) -> Made:
    ((changed, all_),) = connection.execute(
        "select (select count(*) from visits_changed), (select count(*) from spoken_of)"
    ).fetchall()
    return Made(changed, all_ - changed)


def _announcement(visits: DeltaTable, counter_id: int, batch: int) -> dict[str, int]:
    imports = (visits.transaction_version(transaction_of(counter_id)) or 0) + 1
    return {transaction_of(counter_id): imports, _announced(counter_id): batch}


def _done(counter_id: int) -> str:
    """Notes the last batch of hits that visits are made of."""
    return f"{LakeTable.HITS}/{counter_id}"


def _threshold(counter_id: int) -> str:
    """Notes the seconds that ended a visit when they were made."""
    return f"visit_threshold/{counter_id}"


def _announced(counter_id: int) -> str:
    """Notes the last batch whose visits were counted as an import."""
    return f"announced/{counter_id}"
