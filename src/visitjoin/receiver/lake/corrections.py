"""What do corrections apply to, and how do the queries see them?"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from visitjoin.contract.extension import Correction, KeptCorrection
from visitjoin.contract.tables import PRICE_PRECISION, PRICE_SCALE
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query, show, show_files, show_links
from visitjoin.receiver.lake.tables import LakeTable

_NAME: Final = [
    *((name, pa.string()) for name in ("client_id", "user_id", "yclid", "purchase_id", "target")),
    ("happened_at", pa.int64()),
]
_ASKED: Final = pa.schema([("row_no", pa.int64()), *_NAME])
_KEPT: Final = pa.schema(
    [
        ("id", pa.int64()),
        *_NAME,
        ("retract", pa.bool_()),
        ("price", pa.decimal128(PRICE_PRECISION, PRICE_SCALE)),
        ("currency", pa.string()),
        ("newest_uploading", pa.int64()),
        ("remark", pa.string()),
    ]
)


def show_corrections(
    connection: duckdb.DuckDBPyConnection, corrections: Sequence[KeptCorrection]
) -> None:
    """Make views of what is kept and of what it speaks of (spoken_of.sql).

    A view of the counter's conversions has to be there.
    """
    rows = [
        {name: getattr(kept, name) for name in _KEPT.names if name != "remark"}
        | {"remark": _remark(kept)}
        for kept in corrections
    ]
    _show(connection, rows, _KEPT)


def show_standing(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    counter_id: int,
    corrections: Sequence[KeptCorrection],
) -> None:
    """Make the macro of standing.sql, over views of a counter's rows and its visits.

    corrections: all of the counter.
    """
    show_links(lake, connection, counter_id)
    for table in (LakeTable.CONVERSIONS, LakeTable.VISITS):
        show(lake, connection, table, counter_id)
    show_corrections(connection, corrections)
    connection.execute(query("standing"))


def _show(
    connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], schema: pa.Schema
) -> None:
    connection.from_arrow(pa.Table.from_pylist(rows, schema=schema)).create_view("corrections")
    connection.execute(query("spoken_of"))


def _remark(kept: KeptCorrection) -> str:
    """The sentence that stands beside a row's outcome. The day is one of UTC."""
    if kept.retract:
        return f"Retracted on {kept.made_at:%Y-%m-%d}."
    return f"Repriced on {kept.made_at:%Y-%m-%d}: {kept.price:f} {kept.currency}."


def spoken_of(
    lake: Lake,
    counter_id: int,
    corrections: Sequence[Correction],
    *,
    newest_uploading: int,
    waiting: Collection[int],
    waiting_files: Sequence[Path],
) -> list[int]:
    """How many conversions each correction applies to, in their order.

    newest_uploading: the id of the newest uploading that they speak of. waiting: ids of the
    uploadings whose rows are not all in the lake yet; waiting_files: the Parquet files of all
    their rows.
    """
    rows = [
        {"row_no": number} | {name: getattr(correction, name) for name, _ in _NAME}
        for number, correction in enumerate(corrections)
    ]
    asked = {"newest": newest_uploading, "waiting": list(waiting)}
    with lake.connect() as connection:
        in_lake = lake.files(LakeTable.CONVERSIONS, counter_id)
        show_files(connection, "in_lake", LakeTable.CONVERSIONS, in_lake)
        files = [str(file) for file in waiting_files]
        show_files(connection, "waiting", LakeTable.CONVERSIONS, files)
        connection.execute(query("conversions_and_waiting"))
        _show(connection, rows, _ASKED)
        found = dict(connection.execute(query("corrected"), asked).fetchall())
    return [found.get(number, 0) for number in range(len(corrections))]
