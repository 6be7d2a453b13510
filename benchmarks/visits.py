"""How long does it take to make visits of hits?

    .venv/bin/python benchmarks/visits.py [--hits 20_000_000] [--repeats 3] [--memory-limit 4GB]

Made-up hits of a shop, five to a visit, in no order, with addresses, referrers, marks, now and then
an advertisement's click, a UserID, a purchase: a Parquet file. The receiver's own question
(hits_to_visits.sql) makes visits of all of them into another. Before it, in a process of its own
with the same engine and limits, the floor: DuckDB alone sorts the same table by visitor and time
into a Parquet file. The bar: at most twice the time of that sort.
"""

import sys
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
from cyclopts import run
from measure import in_own_process, report

AT_MOST: Final = 2.0
ROW_GROUP: Final = 50_000

SORT: Final = "sort"
VISITS: Final = "visits"


def main(*, hits: int = 20_000_000, repeats: int = 3, memory_limit: str = "4GB") -> None:
    """Measure, print, and fail where the bar is missed."""
    with TemporaryDirectory(prefix="visitjoin-visits-") as name:
        folder = Path(name)
        table = folder / "hits.parquet"
        _generate(table, hits)
        asked = (str(table), str(folder / "out.parquet"), memory_limit)
        sort = in_own_process(__file__, SORT, *asked, repeats=repeats)
        made = in_own_process(__file__, VISITS, *asked, repeats=repeats)
        ((visits,),) = (
            _engine(memory_limit)
            .execute("select count(*) from read_parquet($file)", {"file": asked[1]})
            .fetchall()
        )
    ratio = made.seconds / sort.seconds
    print(f"hits                 {hits:12,} -> {visits:,} visits, memory limit {memory_limit}")
    print(f"a bare sort          {sort.seconds:12.1f} s, {sort.memory:.0f} MB")
    print(f"visits               {made.seconds:12.1f} s, {made.memory:.0f} MB")
    print(f"ratio                {ratio:12.2f} (at most {AT_MOST})")
    sys.exit(0 if ratio <= AT_MOST else 1)


def _generate(table: Path, hits: int) -> None:
    # A visitor comes in a few visits of five hits, a minute or so apart.
    _engine("4GB").execute(f"""
        copy (
            select
                (1700000000000000000 + hash(i // 12) % 900000000)::varchar as client_id,
                md5(i::varchar) as hit_id,
                case when i % 5 in (2, 4) then 'event' else 'pageview' end as "type",
                (1770000000 + (hash(i // 5) % 2500000) + i % 5 * 70)::bigint as happened_at,
                (1770000000000 + i)::bigint as received_ms,
                1::bigint as batch,
                false as robot,
                'https://shop.example/goods/' || (hash(i) % 100000)
                    || case when hash(i) % 7 = 0
                        then '?utm_source=yandex&utm_medium=cpc&utm_campaign=c' || (hash(i) % 50)
                            || '&yclid=' || hash(i // 5)
                        else '' end as url,
                case when i % 3 = 0 then 'https://yandex.ru/' else 'https://shop.example/' end
                    as referrer,
                'Goods ' || (hash(i) % 100000) as title,
                case when i % 5 = 4 then 'add_to_cart' end as goal,
                case when hash(i) % 20 = 0 then 'user-' || (hash(i // 12) % 1000000) end as user_id,
                case when hash(i) % 50 = 0 then 'A-' || i end as purchase_id
            from range({hits}) as t(i)
            order by hash(i)
        ) to '{table}' (format parquet, row_group_size {ROW_GROUP})
    """)


def _engine(memory_limit: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"memory_limit": memory_limit})
    connection.execute("set enable_progress_bar = false")
    return connection


def _sort(table: str, out: str, memory_limit: str) -> None:
    hits = _engine(memory_limit).read_parquet(table)
    hits.order("client_id, happened_at").write_parquet(out, row_group_size=ROW_GROUP)


def _visits(table: str, out: str, memory_limit: str) -> None:
    connection = _engine(memory_limit)
    connection.read_parquet(table).create_view("hits")
    question = files("visitjoin.receiver.lake").joinpath("hits_to_visits.sql")
    visits = connection.sql(
        question.read_text(encoding="utf-8"), params={"counter": 1, "threshold": 1800}
    )
    visits.write_parquet(out, row_group_size=ROW_GROUP)


if __name__ == "__main__":
    if sys.argv[1:2] in ([SORT], [VISITS]):
        work = _sort if sys.argv[1] == SORT else _visits
        report(lambda: work(*sys.argv[2:5]))
    else:
        run(main)
