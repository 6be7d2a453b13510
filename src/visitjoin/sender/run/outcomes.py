"""What a server says of each row of an uploading; only a receiver of one's own says it."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

import polars as pl

from visitjoin.contract.errors import Refused
from visitjoin.contract.uploads import UploadingId
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.report.report import Fate

_NAMES: Final = ("outcome", "reason", "visit_id", "linked_by", "traffic_source", "remark")
_SCHEMA: Final = pl.Schema([("row_no", pl.Int64()), *((name, pl.String()) for name in _NAMES)])


def write_outcomes(metrica: Metrica, uploading: UploadingId, path: Path) -> None:
    """Write what became of each row of an uploading; nothing where that is not said.

    uploading: one that has its last status. path: the Parquet file; it has row_no (of the uploaded
    file, from 1), outcome, reason, visit_id, linked_by, traffic_source and remark, among others.
    """
    if metrica.is_yandex:
        return
    try:
        Receiver(metrica).download_outcomes(uploading, path)
    except Refused as refusal:
        # A server that speaks the API and is neither Metrica nor ours has no outcomes by row.
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise


def write_refusal(path: Path, *, rows: int, refusal: str) -> None:
    """Write the outcomes of a batch that the server refused: all its rows are.

    path: as in `write_outcomes`. rows: of the batch. refusal: what the server said.
    """
    (
        pl.LazyFrame(schema=_SCHEMA)
        .select(pl.int_range(1, rows + 1, dtype=pl.Int64).alias("row_no"))
        .with_columns(pl.lit(None, pl.String).alias(name) for name in _NAMES)
        .with_columns(outcome=pl.lit(Fate.REFUSED.value), remark=pl.lit(refusal))
        .sink_parquet(path)
    )


def write_no_outcomes(path: Path) -> None:
    """Write a file of outcomes that has no rows."""
    # Not by pyarrow: it loads pandas wherever that is installed, for a quarter of a second.
    _SCHEMA.to_frame().write_parquet(path)
