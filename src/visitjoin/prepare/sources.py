"""Opening a table: CSV, TSV, XLSX, Parquet or JSON Lines, as lazy columns of text.

Every cell arrives as the text it was, so that no number parser touches an identifier. Rows carry
`row_no`: 1 for the first under the header, blank ones counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
import fastexcel
import polars as pl

from visitjoin.contract.errors import SourceError
from visitjoin.prepare.dialect import Dialect, raise_where_not_utf8, read_dialect
from visitjoin.prepare.lines import write_even

OVERFLOW: Final = "overflow"
"""The column that holds what a row has beyond its header; only in tables with uneven rows."""

LARGEST_EXACT_DOUBLE: Final = 2.0**53

_DIGITS_OF_A_DOUBLE: Final = 16

_FORMATS: Final = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


@dataclass(frozen=True, kw_only=True)
class Table:
    """An open table. Column n of the source is named `c<n>`; all are text, beside `row_no`."""

    path: Path
    frame: pl.LazyFrame
    headers: tuple[str, ...]
    first_line: int = 1
    """Where the first row stands: below the header in texts and sheets."""
    dialect: Dialect | None = None
    """Of a text table; None for the other formats."""
    is_even: bool = False
    """Whether it was made even: `overflow` then holds what a row has beyond the header."""


@contextmanager
def open_table(path: Path, *, format: str | None = None) -> Iterator[Table]:  # noqa: A002
    """Open a table for reading; what it needs beside the file goes away with the context.

    format: csv, tsv, xlsx, parquet or jsonl; None to go by the name's ending.

    Raises SourceError where the file is missing, empty, not UTF-8, or of no known format.
    """
    kind = format or _FORMATS.get(path.suffix.casefold())
    if not path.is_file():
        raise SourceError("There is no such file.", path=path)
    if path.stat().st_size == 0:
        raise SourceError("The file is empty. It needs a header and rows.", path=path)
    with TemporaryDirectory(prefix="visitjoin-") as folder:
        match kind:
            case "csv" | "tsv":
                yield _open_text(path, separator="\t" if kind == "tsv" else None)
            case "xlsx":
                yield _open_xlsx(path)
            case "parquet":
                yield _open_parquet(path)
            case "jsonl":
                yield _open_json_lines(path, Path(folder) / "rows.parquet")
            case _:
                known = ", ".join(sorted(set(_FORMATS.values())))
                raise SourceError(
                    f'"{format or path.suffix}" is no format of a table. Known are: {known}.',
                    path=path,
                )


def made_even(table: Table, folder: Path) -> Table:
    """The same text table with its rows made even, for when the fast reader refuses it.

    folder: where the rewritten table goes.

    Raises SourceError where the file is not UTF-8 or its quotes are not balanced.
    """
    if table.dialect is None:
        return table
    raise_where_not_utf8(table.path)
    rewritten = folder / "even.csv"
    write_even(table.path, table.dialect, rewritten)
    names = [*_column_names(len(table.headers)), OVERFLOW]
    frame = _scan_text(rewritten, table.dialect.separator, names)
    return replace(table, frame=frame, is_even=True)


def _open_text(path: Path, *, separator: str | None) -> Table:
    dialect = read_dialect(path, separator=separator)
    names = _column_names(len(dialect.headers))
    frame = _scan_text(path, dialect.separator, names)
    return Table(path=path, frame=frame, headers=dialect.headers, first_line=2, dialect=dialect)


def _scan_text(path: Path, separator: str, names: list[str]) -> pl.LazyFrame:
    return pl.scan_csv(
        path,
        separator=separator,
        infer_schema=False,
        glob=False,
        row_index_name="row_no",
        row_index_offset=1,
        with_column_names=lambda found: names + found[len(names) :],
    )


def _open_parquet(path: Path) -> Table:
    try:
        schema = pl.scan_parquet(path, glob=False).collect_schema()
    except pl.exceptions.PolarsError as error:
        raise SourceError(f"Not a Parquet file: {error}.", path=path) from None
    text = [_as_text(pl.col(name), dtype) for name, dtype in schema.items()]
    frame = pl.scan_parquet(path, glob=False).select(
        expression.alias(name)
        for expression, name in zip(text, _column_names(len(text)), strict=True)
    )
    return Table(path=path, frame=_numbered(frame), headers=tuple(schema.names()))


def _as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    match dtype:
        case pl.Datetime(time_zone=None):
            return column.dt.strftime("%Y-%m-%d %H:%M:%S")
        case pl.Datetime():
            return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%d %H:%M:%S+00:00")
        case pl.Float32() | pl.Float64():
            return _float_as_text(column)
        case pl.List():
            return column.cast(pl.List(pl.String)).list.join("|")
        case _:
            return column.cast(pl.String)


def _float_as_text(column: pl.Expr) -> pl.Expr:
    """Whole numbers that a double holds exactly lose their `.0`; larger ones keep their damage."""
    exact = (column == column.floor()) & (column.abs() < LARGEST_EXACT_DOUBLE)
    whole = column.cast(pl.Int64, strict=False).cast(pl.String)
    # Six decimals are all that a price may have; more would be the noise of binary fractions.
    damaged = column.abs() >= LARGEST_EXACT_DOUBLE
    fraction = pl.when(damaged).then(column).otherwise(column.round(6)).cast(pl.String)
    return pl.when(exact).then(whole).otherwise(fraction)


def _open_json_lines(path: Path, rows: Path) -> Table:
    # DuckDB keeps the text of a JSON number; a parser of numbers would drop the last digits.
    connection = duckdb.connect(config={"threads": 2})
    source = "read_json($1, format='newline_delimited', columns={row: 'JSON'}, records=false)"
    try:
        keys = [
            name
            for (name,) in connection.execute(
                f"select distinct unnest(json_keys(row)) from {source}",  # noqa: S608 - constant
                [str(path)],
            ).fetchall()
        ]
        columns = ", ".join(
            f"row ->> '$.\"{key}\"' as c{number}" for number, key in enumerate(keys)
        )
        connection.execute(
            f"copy (select {columns} from {source}) to '{rows}' (format parquet)",  # noqa: S608
            [str(path)],
        )
    except duckdb.Error as error:
        raise SourceError(f"Not JSON Lines: {error}", path=path) from None
    return Table(path=path, frame=_numbered(pl.scan_parquet(rows)), headers=tuple(keys))


def _open_xlsx(path: Path) -> Table:
    try:
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string")
        text = sheet.to_polars()
    except fastexcel.FastExcelError as error:
        raise SourceError(f"Not an XLSX workbook: {error}.", path=path) from None
    if text.is_empty():
        raise SourceError("The first sheet is empty. It needs a header and rows.", path=path)
    text.columns = _column_names(text.width)
    headers = tuple(cell or "" for cell in text.row(0))
    rows = text.slice(1).with_columns(_double_as_such(pl.col(name)) for name in text.columns)
    return Table(path=path, frame=_numbered(rows.lazy()), headers=headers, first_line=2)


def _double_as_such(column: pl.Expr) -> pl.Expr:
    """Give large numbers that came out of a double back the look of one.

    The reader prints a numeric cell in full, so an identifier that Excel took for a number would
    look whole. Excel and the libraries that write its files keep at most 16 significant digits: a
    number of 17 to 20 digits that equals its own double at 16 digits is such a cell. One genuine
    text in a thousand looks the same and is rejected too, which is better than a wrong visit.
    """
    double = column.cast(pl.Float64, strict=False)
    long = column.str.contains("^[0-9]{17,20}$")
    kept = pl.format("{}", double).str.replace(r"\.?0*e", "e")
    digits = column.str.strip_chars_end("0").str.len_chars()
    printed = double.cast(pl.UInt64, strict=False).cast(pl.String) == column
    return pl.when(long & ((digits <= _DIGITS_OF_A_DOUBLE) | printed)).then(kept).otherwise(column)


def _numbered(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.with_row_index("row_no", offset=1)


def _column_names(number: int) -> list[str]:
    return [f"c{n}" for n in range(number)]
