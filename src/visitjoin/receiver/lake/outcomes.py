"""What became of the rows of an uploading, one by one?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from visitjoin.contract.extension import KeptCorrection, OutcomeRow
from visitjoin.contract.outcomes import Outcome
from visitjoin.receiver.lake.corrections import show_corrections
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query, show, show_links
from visitjoin.receiver.lake.tables import LakeTable

_ROW_GROUP: Final = 50_000
"""Rows that the engine holds until it writes them."""

_LAST_ROW: Final = 2**62
"""More rows than a file has."""

_MISTAKEN: Final = pa.schema([("target", pa.string()), ("remark", pa.string())])


@dataclass(frozen=True, kw_only=True)
class Remarks:
    """What there is to say about rows beside their outcome."""

    of_target: Callable[[str], str | None]
    """A sentence about a Target that reaches no goal; None where there is none."""
    corrections: Sequence[KeptCorrection]
    """All of the counter."""


@dataclass(frozen=True, kw_only=True)
class Among:
    """Of which rows of an uploading something is asked: of all that are accepted or rejected."""

    offset: int = 0
    """How many to leave out, in the order of the file."""
    limit: int = _LAST_ROW
    """How many to speak of, at most."""
    outcome: Outcome | None = None
    """Only those that ended so: the others are left out, and not counted."""


def outcomes(
    lake: Lake, counter_id: int, uploading_id: int, remarks: Remarks, among: Among
) -> Iterator[OutcomeRow]:
    """Rows of an uploading and their fates, in the order of the file, rejected ones among them."""
    with _asking(lake, counter_id, uploading_id, remarks, among) as (connection, asked):
        found = connection.execute(f"{query('outcomes')} order by row_no", asked)
        names = [column[0] for column in found.description or ()]
        while rows := found.fetchmany():
            yield from (OutcomeRow(**dict(zip(names, row, strict=True))) for row in rows)


def write_outcomes(
    lake: Lake, counter_id: int, uploading_id: int, remarks: Remarks, file: Path
) -> None:
    """Write all rows of an uploading and their fates to a Parquet file, in no order.

    Its columns are those of `OutcomeRow`. Memory is that of one query over the lake.
    """
    with _asking(lake, counter_id, uploading_id, remarks, Among()) as (connection, asked):
        # Where rows keep their order, those of all threads wait in memory for each other.
        connection.execute("set preserve_insertion_order = false")
        found = connection.sql(query("outcomes"), params=asked)
        found.write_parquet(str(file), row_group_size=_ROW_GROUP, compression="lz4")


@contextmanager
def _asking(
    lake: Lake, counter_id: int, uploading_id: int, remarks: Remarks, among: Among
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Mapping[str, object]]]:
    """An engine that has what `outcomes.sql` is about, and what it is asked."""
    with lake.connect() as connection:
        show_links(lake, connection, counter_id, uploading_id)
        for table in (LakeTable.CONVERSIONS, LakeTable.REJECTS):
            show(lake, connection, table, counter_id, uploading_id)
        show(lake, connection, LakeTable.VISITS, counter_id)
        show_corrections(connection, remarks.corrections)
        rows = _between(connection, uploading_id, among)
        connection.from_arrow(_mistaken(connection, remarks, rows)).create_view("mistaken")
        yield connection, {**rows, "outcome": among.outcome}


def _between(
    connection: duckdb.DuckDBPyConnection, uploading_id: int, among: Among
) -> Mapping[str, int]:
    """The numbers of the rows that are asked for. Of all rows, they are counted from one."""
    after, upto = among.offset, among.offset + among.limit
    if among.outcome is not None:
        asked = {
            "uploading": uploading_id,
            "outcome": among.outcome,
            "offset": among.offset,
            "limit": among.limit,
        }
        ((first, last),) = connection.execute(query("rows_of_outcome"), asked).fetchall()
        after, upto = (0, 0) if last is None else (first, last)
    return {"uploading": uploading_id, "after": after, "upto": upto}


def _mistaken(
    connection: duckdb.DuckDBPyConnection, remarks: Remarks, rows: Mapping[str, int]
) -> pa.Table:
    """The Targets that reach no goal and of which there is something to say."""
    found = connection.execute(query("targets_not_found"), rows)
    said = []
    while targets := found.fetchmany():
        said += [
            {"target": target, "remark": remark}
            for (target,) in targets
            if (remark := remarks.of_target(target)) is not None
        ]
    return pa.Table.from_pylist(said, schema=_MISTAKEN)
