"""What became of the rows of an uploading, one by one?"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from visitjoin.contract.extension import KeptCorrection, OutcomeRow
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


def outcomes(
    lake: Lake, counter_id: int, uploading_id: int, remarks: Remarks, *, offset: int, limit: int
) -> Iterator[OutcomeRow]:
    """Rows of an uploading and their fates, in the order of the file, rejected ones among them.

    offset: how many rows of the file to leave out; limit: of how many rows to speak at most.
    """
    asked = {"uploading": uploading_id, "after": offset, "upto": offset + limit}
    with _asking(lake, counter_id, remarks, asked) as connection:
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
    asked = {"uploading": uploading_id, "after": 0, "upto": _LAST_ROW}
    with _asking(lake, counter_id, remarks, asked) as connection:
        # Where rows keep their order, those of all threads wait in memory for each other.
        connection.execute("set preserve_insertion_order = false")
        found = connection.sql(query("outcomes"), params=asked)
        found.write_parquet(str(file), row_group_size=_ROW_GROUP, compression="lz4")


@contextmanager
def _asking(
    lake: Lake, counter_id: int, remarks: Remarks, asked: dict[str, int]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that has what the question is about."""
    with lake.connect() as connection:
        show_links(lake, connection, counter_id, asked["uploading"])
        for table in (LakeTable.CONVERSIONS, LakeTable.REJECTS):
            show(lake, connection, table, counter_id, asked["uploading"])
        show(lake, connection, LakeTable.VISITS, counter_id)
        show_corrections(connection, remarks.corrections)
        mistaken = _mistaken(connection, remarks, asked)
        connection.from_arrow(mistaken).create_view("mistaken")
        yield connection


def _mistaken(
    connection: duckdb.DuckDBPyConnection, remarks: Remarks, asked: dict[str, int]
) -> pa.Table:
    """The Targets that reach no goal and of which there is something to say."""
    found = connection.execute(query("targets_not_found"), asked)
    said = []
    while rows := found.fetchmany():
        said += [
            {"target": target, "remark": remark}
            for (target,) in rows
            if (remark := remarks.of_target(target)) is not None
        ]
    return pa.Table.from_pylist(said, schema=_MISTAKEN)
