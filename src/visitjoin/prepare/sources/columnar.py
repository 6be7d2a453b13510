"""Tables that have types: a Parquet file, and any frame of such columns."""

from pathlib import Path
from typing import Final

import polars as pl

from visitjoin.contract.errors import SourceError
from visitjoin.prepare.sources.table import Table, column_names, numbered

_LARGEST_EXACT: Final = {pl.Float32: 2.0**24, pl.Float64: 2.0**53}
"""Up to here a float holds every whole number (IEEE 754: 24 and 53 bits)."""


def open_parquet(path: Path) -> Table:
    """Open a Parquet file. Raises SourceError where it is none."""
    try:
        schema = pl.scan_parquet(path, glob=False).collect_schema()
    except pl.exceptions.PolarsError as error:
        raise SourceError(f"Not a Parquet file: {error}.", path=path) from None
    frame = as_texts(pl.scan_parquet(path, glob=False), schema)
    return Table(path=path, frame=numbered(frame), headers=tuple(schema.names()))


def as_texts(frame: pl.LazyFrame, schema: pl.Schema) -> pl.LazyFrame:
    """The columns of a frame as text, named by their numbers. schema: the frame's."""
    texts = (_as_text(pl.col(name), dtype) for name, dtype in schema.items())
    return frame.select(
        text.alias(name) for text, name in zip(texts, column_names(len(schema)), strict=True)
    )


def _as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    match dtype:
        case pl.Datetime(time_zone=None):
            return column.dt.strftime("%Y-%m-%d %H:%M:%S")
        case pl.Datetime():
            return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%d %H:%M:%S+00:00")
        case pl.Float32() | pl.Float64():
            return _float_as_text(column, _LARGEST_EXACT[type(dtype)])
        case pl.List():
            return column.cast(pl.List(pl.String)).list.join("|")
        case _:
            return column.cast(pl.String)


def _float_as_text(column: pl.Expr, largest: float) -> pl.Expr:
    """Whole numbers that a float holds exactly lose their `.0`; larger ones keep their damage."""
    exact = (column == column.floor()) & (column.abs() < largest)
    whole = column.cast(pl.Int64, strict=False).cast(pl.String)
    # Six decimals are all that a price may have; more would be the noise of binary fractions.
    damaged = column.abs() >= largest
    fraction = pl.when(damaged).then(column).otherwise(column.round(6)).cast(pl.String)
    return pl.when(exact).then(whole).otherwise(fraction)
