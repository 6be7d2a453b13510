"""Sheets of XLSX workbooks. A sheet is read into memory whole: the format cannot be streamed."""

from pathlib import Path
from typing import Final

import fastexcel
import polars as pl

from visitjoin.contract.errors import SourceError
from visitjoin.prepare.sources.table import Table, column_names, numbered

_DIGITS_OF_A_DOUBLE: Final = 16


def open_workbook(path: Path, *, sheet: str | None = None) -> Table:
    """Open a sheet of a workbook. sheet: its name; None for the first.

    Raises SourceError where it is no workbook, has no such sheet, or the sheet is empty.
    """
    try:
        book = fastexcel.read_excel(path)
        name = _sheet(book, sheet, path)
        text = book.load_sheet(name, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise SourceError(f"Not an XLSX workbook: {error}.", path=path) from None
    if text.is_empty():
        raise SourceError(f'The sheet "{name}" is empty. It needs a header and rows.', path=path)
    text.columns = column_names(text.width)
    headers = tuple(cell or "" for cell in text.row(0))
    rows = text.slice(1).with_columns(_double_as_such(pl.col(name)) for name in text.columns)
    return Table(
        path=path,
        frame=numbered(rows.lazy()),
        headers=headers,
        first_line=2,
        warnings=() if sheet else _other_sheets(book.sheet_names),
    )


def _sheet(book: fastexcel.ExcelReader, name: str | None, path: Path) -> str:
    names = book.sheet_names
    if name is None:
        return names[0]
    if name not in names:
        raise SourceError(f'There is no sheet "{name}". There are: {", ".join(names)}.', path=path)
    return name


def _other_sheets(names: list[str]) -> tuple[str, ...]:
    if len(names) == 1:
        return ()
    of_many = f'Of {len(names)} sheets the first was read, "{names[0]}".'
    return (f'{of_many} Name another one: --sheet "{names[1]}".',)


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
