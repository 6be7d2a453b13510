"""Frames of Polars and pandas, and whatever else hands out Arrow's columns."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa

from visitjoin.contract.errors import SourceError
from visitjoin.prepare.sources.batches import write_batches
from visitjoin.prepare.sources.columnar import as_texts, open_parquet
from visitjoin.prepare.sources.source import ArrowStream
from visitjoin.prepare.sources.table import Table, numbered

_LARGEST_EXACT_DOUBLE: Final = 2**53

Frame = pl.DataFrame | pl.LazyFrame | ArrowStream


def open_frame(frame: Frame, folder: Path) -> Table:
    """Open a frame. A lazy one and a stream are written to `folder` first, in pieces.

    Raises SourceError where it has no columns, or a lazy one cannot be computed.
    """
    match frame:
        case pl.DataFrame():
            table = _of_columns(folder, frame.columns, frame.get_columns())
        case pl.LazyFrame():
            table = _of_lazy(frame, folder / "frame.parquet")
        case _ if _is_pandas(frame):
            table = _of_pandas(frame, folder)
        case _:
            table = _of_stream(frame, folder / "frame.parquet")
    if not table.headers:
        raise SourceError("The frame has no columns.", path="frame")
    return table


def _of_columns(folder: Path, headers: Iterable[object], columns: Iterable[pl.Series]) -> Table:
    named = [column.alias(f"c{number}") for number, column in enumerate(columns)]
    frame = pl.DataFrame(named)
    texts = as_texts(frame.lazy(), frame.schema)
    return Table(
        path=folder / "frame", frame=numbered(texts), headers=tuple(str(name) for name in headers)
    )


def _of_lazy(frame: pl.LazyFrame, into: Path) -> Table:
    try:
        frame.sink_parquet(into, compression="lz4")
    except pl.exceptions.PolarsError as error:
        raise SourceError(f"The frame cannot be computed: {error}", path="frame") from error
    return open_parquet(into)


def _of_stream(frame: ArrowStream, into: Path) -> Table:
    reader = pa.RecordBatchReader.from_stream(frame)
    headers = tuple(reader.schema.names)
    if not headers:
        return Table(path=into, frame=pl.LazyFrame(), headers=())
    write_batches(reader, reader.schema, into)
    return replace(open_parquet(into), headers=headers)


def _is_pandas(frame: object) -> bool:
    # Whoever passes a frame of pandas has imported it; this package does not need it.
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(frame, pandas.DataFrame)


def _of_pandas(frame: Any, folder: Path) -> Table:  # noqa: ANN401 - pandas has no types here
    columns = [_pandas_column(frame.iloc[:, number]) for number in range(frame.shape[1])]
    table = _of_columns(folder, frame.columns, columns)
    if type(frame.index).__name__ == "RangeIndex":
        return table
    note = "The index of the frame was not read; frame.reset_index() makes a column of it."
    return replace(table, warnings=(note,))


def _pandas_column(column: Any) -> pl.Series:  # noqa: ANN401 - a series of pandas
    if column.dtype != object:
        try:
            return pl.from_pandas(column.to_frame("column")).to_series()
        except (TypeError, pa.ArrowException) as error:
            raise SourceError(
                f'The column "{column.name}" cannot be read: {error}. Make it text: '
                'frame[name].astype("string").',
                path="frame",
            ) from error
    # Left to itself a conversion would make floats of integers that stand beside one.
    texts = [
        None if is_missing else _said(value)
        for value, is_missing in zip(column, column.isna(), strict=True)
    ]
    return pl.Series(texts, dtype=pl.String)


def _said(value: object) -> str:
    """One value of a column of objects, as the same value of a typed column would be."""
    match value:
        case bool():
            return str(value).lower()
        case float() if value.is_integer() and abs(value) < _LARGEST_EXACT_DOUBLE:
            return str(int(value))
        case float() if abs(value) < _LARGEST_EXACT_DOUBLE:
            return str(round(value, 6))
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)
