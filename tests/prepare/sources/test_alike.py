"""The same rows give the same conversions and rejects, whatever they are written in."""

import csv
import gzip
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.prepare.conftest import NOW
from visitjoin.prepare import Files, Query, Source, prepare

HEADERS: Final = ("ClientId", "UserId", "Target", "DateTime", "Price", "Currency")
Rows = list[tuple[str, ...]]

identifiers = st.one_of(
    st.just(""),
    # Digits that are no double's: XLSX does not tell a text of such from a cell that was a number.
    st.sampled_from(["1793200000123456789", "18446744073709551615", "1.79E+18", "x", "17"]),
)
names = st.sampled_from(["", "crm-204", "клиент №5", 'a "quoted" one', "два; три, четыре", "ё"])
times = st.sampled_from(["", "1794690000", "03.11.2026 14:05", "2026-11-03T14:05:00Z", "потом"])
prices = st.sampled_from(["", "990.5", "1 234,50", "-3", "по запросу"])
rows = st.tuples(
    identifiers,
    names,
    st.sampled_from(["заказ оплачен", "order_paid", ""]),
    times,
    prices,
    st.sampled_from(["RUB", "usd", "", "руб"]),
)


def text(table: Rows, separator: str = ";") -> str:
    written = StringIO()
    writer = csv.writer(written, delimiter=separator)
    writer.writerows([HEADERS, *table])
    return written.getvalue()


def in_file(name: str, content: bytes, **how: Any) -> Callable[[Path], Source]:  # noqa: ANN401 - of Files
    def write(folder: Path) -> Source:
        (folder / name).write_bytes(content)
        return Files(folder / name, **how)

    return write


def columns(table: Rows) -> dict[str, list[str]]:
    return {name: [row[n] for row in table] for n, name in enumerate(HEADERS)}


def in_zip(table: Rows, folder: Path) -> Source:
    with zipfile.ZipFile(folder / "deals.zip", "w") as archive:
        archive.writestr("deals.csv", text(table))
    return folder / "deals.zip"


def in_workbook(table: Rows, folder: Path) -> Source:
    with xlsxwriter.Workbook(str(folder / "deals.xlsx"), {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADERS, *table]):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    return folder / "deals.xlsx"


def in_parquet(table: Rows, folder: Path) -> Source:
    pl.DataFrame(columns(table)).write_parquet(folder / "deals.parquet")
    return folder / "deals.parquet"


def in_sqlite(table: Rows, folder: Path) -> Source:
    with closing(sqlite3.connect(folder / "shop.db")) as database, database:
        database.execute(f"create table deals ({', '.join(HEADERS)})")
        marks = ", ".join("?" * len(HEADERS))
        database.executemany(f"insert into deals values ({marks})", table)  # noqa: S608 - our marks
    return Query("select * from deals", f"sqlite:///{folder}/shop.db")


def written_each_way(table: Rows) -> dict[str, Callable[[Path], Source]]:
    lines = (json.dumps(dict(zip(HEADERS, row, strict=True)), ensure_ascii=False) for row in table)
    return {
        "TSV": in_file("deals.tsv", text(table, "\t").encode()),
        "pipes": in_file("deals.csv", text(table, "|").encode()),
        "UTF-8 with a mark": in_file("deals.csv", text(table).encode("utf-8-sig")),
        "UTF-16": in_file("deals.csv", text(table).encode("utf-16")),
        "UTF-16 BE": in_file("deals.csv", text(table).encode("utf-16-be"), encoding="utf-16-be"),
        "cp1251": in_file("deals.csv", text(table).encode("cp1251"), encoding="cp1251"),
        "gzip": in_file("deals.csv.gz", gzip.compress(text(table).encode())),
        "JSON Lines": in_file("deals.jsonl", "\n".join(lines).encode()),
        "zip": lambda folder: in_zip(table, folder),
        "XLSX": lambda folder: in_workbook(table, folder),
        "Parquet": lambda folder: in_parquet(table, folder),
        "SQLite": lambda folder: in_sqlite(table, folder),
        "Polars": lambda _: pl.DataFrame(columns(table)),
        "lazy Polars": lambda _: pl.LazyFrame(columns(table)),
        "pandas": lambda _: pd.DataFrame(columns(table)),
        "pandas of objects": lambda _: pd.DataFrame(columns(table), dtype=object),
        "Arrow": lambda _: pa.table(columns(table)),
    }


def prepared(write: Callable[[Path], Source]) -> tuple[list[Any], list[Any]]:
    """Conversions and rejects of a table; the rejects without the line, which is the file's."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        conversions, rejects = folder / "c.parquet", folder / "r.parquet"
        prepare(
            write(folder),
            conversions=conversions,
            rejects=rejects,
            now=NOW,
            zone=ZoneInfo("Europe/Moscow"),
        )
        return pl.read_parquet(conversions).rows(), pl.read_parquet(rejects).drop("line").rows()


@pytest.mark.slow
@given(st.lists(rows, min_size=1, max_size=20))
@settings(max_examples=10, deadline=None)
def test_the_same_rows_end_the_same_way_whatever_they_are_written_in(table: Rows) -> None:
    # A last row that is not blank: a sheet ends with its last cell, and no table may be empty.
    table = [*table, ("", "", "no identifier", "", "", "")]
    expected = prepared(in_file("deals.csv", text(table).encode()))

    for way, write in written_each_way(table).items():
        assert (way, prepared(write)) == (way, expected)
