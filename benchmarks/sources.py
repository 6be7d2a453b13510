"""How much memory a source takes, and that ten times the rows take no more.

    python benchmarks/sources.py [--gigabytes 1] [--times 10] [--others-times 3] [--kind csv …]

Prints the peak memory of `prepare` on a CSV of 1 GB and of 10 GB, each in a process of its own,
and their ratio; the bar is 1.2. The same, up to 3 GB of text, for a CSV in gzip, for more files
read as one table, for a CSV in Windows-1251, for JSON Lines, and for a query over SQLite. Below
1 GB memory still grows to its height, and says nothing of a long table. The tables are made in the
folder that TMPDIR names and removed; the largest needs 15 GB there, what is written from it
included.
"""

import gzip
import shutil
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cyclopts import run
from measure import in_own_process, report
from tables import NOW, write_clean

BAR: Final = 1.2
CLOCK = datetime.fromtimestamp(NOW, UTC)
BYTES_OF_A_ROW: Final = 57
"""Of `write_clean`: from it the rows that a size needs are told."""
ROWS_OF_A_PIECE: Final = 2_500_000
"""Each file is as long in both tables: what is asked is whether more files take more memory."""


def main(
    *,
    gigabytes: float = 1,
    times: int = 10,
    others_times: int = 3,
    kind: tuple[str, ...] = ("csv", "gzip", "pieces", "cp1251", "jsonl", "sqlite"),
) -> None:
    """Measure, and print the ratios."""
    for one in kind:
        longer = times if one == "csv" else others_times
        short, long = (_peak(one, gigabytes * scale) for scale in (1, longer))
        verdict = "within" if long / short <= BAR else "ABOVE"
        print(
            f"  {longer} times the rows: {long / short:.2f} x the memory, {verdict} {BAR}",
            flush=True,
        )


def _peak(kind: str, gigabytes: float) -> float:
    rows = int(gigabytes * 1e9 / BYTES_OF_A_ROW)
    with TemporaryDirectory(prefix="visitjoin-benchmark-") as name:
        folder = Path(name)
        MAKERS[kind](folder, rows)
        size = sum(file.stat().st_size for file in folder.iterdir())
        took = in_own_process(__file__, "--child", kind, name)
    print(
        f"{kind:9} {rows:13,} rows  {size / 1e9:6.2f} GB  {took.seconds:6.1f} s"
        f"  {took.memory:6.0f} MB at most",
        flush=True,
    )
    return took.memory


Maker = Callable[[Path, int], None]


def _csv(folder: Path, rows: int) -> None:
    write_clean(folder / "deals.csv", rows)


def _gzip(folder: Path, rows: int) -> None:
    plain = folder / "deals.csv"
    write_clean(plain, rows)
    with plain.open("rb") as source, gzip.open(folder / "deals.csv.gz", "wb", 1) as packed:
        shutil.copyfileobj(source, packed, 1 << 20)
    plain.unlink()


def _pieces(folder: Path, rows: int) -> None:
    for number in range(rows // ROWS_OF_A_PIECE):
        write_clean(folder / f"deals-{number}.csv", ROWS_OF_A_PIECE)


def _windows(folder: Path, rows: int) -> None:
    plain = folder / "plain.csv"
    write_clean(plain, rows)
    # Not ASCII from the header on, as an export in Russian is.
    with plain.open("rb") as source, (folder / "deals.csv").open("wb") as target:
        target.write("Заметка,".encode("cp1251") + source.readline())
        for line in source:
            target.write(b"\xe7\xe2\xee\xed\xee\xea," + line)
    plain.unlink()


def _json_lines(folder: Path, rows: int) -> None:
    import duckdb

    plain = folder / "plain.csv"
    write_clean(plain, rows)
    duckdb.connect(config={"threads": 2}).execute(
        f"copy (from read_csv('{plain}', all_varchar=true)) to '{folder}/deals.jsonl' (format json)"
    )
    plain.unlink()


def _sqlite(folder: Path, rows: int) -> None:
    database = sqlite3.connect(folder / "shop.db")
    database.execute("create table deals (client integer, target text, at integer, price real)")
    database.execute(
        f"""
        with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < {rows})
        insert into deals
        select 1700000000000000000 + i * 7919, 'order_paid', {NOW} - i % 2000000,
               i % 5000000 / 100.0
        from numbers
        """
    )
    database.commit()
    database.close()


MAKERS: Final[dict[str, Maker]] = {
    "csv": _csv,
    "gzip": _gzip,
    "pieces": _pieces,
    "cp1251": _windows,
    "jsonl": _json_lines,
    "sqlite": _sqlite,
}


def _child(kind: str, folder: Path) -> None:
    from visitjoin.prepare import Query, Source, prepare

    query = 'select client as "ClientId", target, at as "DateTime", price from deals'
    others: dict[str, Source] = {
        "gzip": folder / "deals.csv.gz",
        "pieces": str(folder / "deals-*.csv"),
        "jsonl": folder / "deals.jsonl",
        "sqlite": Query(query, f"sqlite:///{folder}/shop.db"),
    }
    source = others.get(kind, folder / "deals.csv")

    def work() -> None:
        prepared = prepare(
            source,
            conversions=folder / "conversions.parquet",
            rejects=folder / "rejects.parquet",
            now=CLOCK,
        )
        assert prepared.accepted > 0 == prepared.rejected

    report(work)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2], Path(sys.argv[3]))
    else:
        run(main)
