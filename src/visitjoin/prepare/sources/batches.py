"""Batches of Arrow, from a query or a frame, are written to a Parquet file in pieces.

Apart from what reads the file, for pyarrow takes 50 MB, and a table of text has no use for it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from visitjoin.prepare.sources.table import column_names

_ROWS_OF_A_GROUP: Final = 50_000
"""Rows that are gathered before they are written: a batch may be a few, and a group of a few rows
makes a file large and slow."""


def write_batches(batches: Iterable[pa.RecordBatch], schema: pa.Schema, into: Path) -> None:
    """Write batches to a Parquet file as they come, so that memory holds a few of them.

    The columns are named by their numbers: a query or a frame may give one name twice.
    """
    renamed = pa.schema(
        field.with_name(name) for field, name in zip(schema, column_names(len(schema)), strict=True)
    )
    with pq.ParquetWriter(into, renamed, compression="lz4") as writer:
        waiting: list[pa.RecordBatch] = []
        for batch in batches:
            waiting.append(batch.rename_columns(renamed.names))
            if sum(part.num_rows for part in waiting) >= _ROWS_OF_A_GROUP:
                writer.write_table(pa.Table.from_batches(waiting, renamed))
                waiting = []
        writer.write_table(pa.Table.from_batches(waiting, renamed))
