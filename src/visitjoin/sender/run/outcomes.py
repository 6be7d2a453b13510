"""What a server says of each row of an uploading; only a receiver of one's own says it."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from visitjoin.contract.errors import Refused
from visitjoin.contract.extension import OutcomeRow
from visitjoin.contract.uploads import UploadingId
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver

_NAMES: Final = ("outcome", "reason", "visit_id", "linked_by", "traffic_source", "remark")
_SCHEMA: Final = pa.schema([("row_no", pa.int64()), *((name, pa.string()) for name in _NAMES)])


def write_outcomes(metrica: Metrica, uploading: UploadingId, path: Path) -> None:
    """Write what became of each row of an uploading; a file without rows where that is not said.

    uploading: one that has its last status. path: the Parquet file.
    """
    with pq.ParquetWriter(path, _SCHEMA) as writer:
        for page in _pages(metrica, uploading):
            rows = [
                {"row_no": row.row_no} | {name: getattr(row, name) for name in _NAMES}
                for row in page
            ]
            writer.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA))


def write_no_outcomes(path: Path) -> None:
    """Write a file of outcomes that has no rows."""
    pq.write_table(_SCHEMA.empty_table(), path)


def _pages(metrica: Metrica, uploading: UploadingId) -> Iterator[tuple[OutcomeRow, ...]]:
    if metrica.is_yandex:
        return
    try:
        yield from Receiver(metrica).all_outcomes(uploading)
    except Refused as refusal:
        # A server that speaks the API and is neither Metrica nor ours has no outcomes by row.
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
