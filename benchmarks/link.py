"""How fast conversions find their visits.

    python benchmarks/link.py [--visits 20_000_000] [--conversions 2_000_000]

Prints the seconds of `link`, from Parquet files to the file of outcomes, as a ratio to a bare
as-of join on ClientID that writes its rows, over the same files in the same run; then the same for
four times the rows, and whether a limit of 2 GB gives the same outcomes. Each is measured in a
process of its own.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from cyclopts import run
from measure import Measured, in_own_process, report
from tables import NOW, write_conversions, write_visits

from visitjoin.contract.window import WINDOW

CUT_OFF = datetime.fromtimestamp(NOW, UTC) - WINDOW


def main(*, visits: int = 20_000_000, conversions: int = 2_000_000, repeats: int = 3) -> None:
    """Measure, and print the ratios."""
    with TemporaryDirectory(prefix="visitjoin-benchmark-") as name:
        folder = Path(name)
        once = _compare(folder, visits, conversions, repeats)
        _bounded(folder)
        four_times = _compare(folder, 4 * visits, 4 * conversions, 1)
        _bounded(folder)
        print(f"4 times the rows take {four_times.seconds / once.seconds:.2f} times as long")


def _compare(folder: Path, visits: int, conversions: int, repeats: int) -> Measured:
    write_visits(folder / "visits.parquet", visits)
    write_conversions(folder / "conversions.parquet", conversions, visits=visits)
    bare = _measure("as-of", folder, "8GB", repeats)
    ours = _measure("link", folder, "8GB", repeats)
    print(f"{visits:,} visits, {conversions:,} conversions")
    print(f"  bare as-of join  {bare.seconds:6.1f} s   {bare.memory:6.0f} MB")
    print(
        f"  link             {ours.seconds:6.1f} s   {ours.memory:6.0f} MB"
        f"   {ours.seconds / bare.seconds:.2f} x the as-of join"
    )
    return ours


def _bounded(folder: Path) -> None:
    """The same under 2 GB, and the same outcomes."""
    free = _outcomes(folder)
    bounded = _measure("link", folder, "2GB", 1)
    assert _outcomes(folder) == free, "the memory limit changed the outcomes"
    print(
        f"  link under 2 GB  {bounded.seconds:6.1f} s   {bounded.memory:6.0f} MB"
        f"   the same {sum(free.values()):,} outcomes"
    )


def _outcomes(folder: Path) -> dict[str, int]:
    query = "select outcome, count(*) from read_parquet($1) group by outcome"
    return dict(duckdb.execute(query, [str(folder / "link.parquet")]).fetchall())


def _measure(what: str, folder: Path, memory_limit: str, repeats: int) -> Measured:
    return in_own_process(__file__, "--child", what, str(folder), memory_limit, repeats=repeats)


def _child(what: str, folder: Path, memory_limit: str) -> None:
    visits, conversions = folder / "visits.parquet", folder / "conversions.parquet"
    if what == "link":
        from visitjoin.linking import link

        report(
            lambda: link(
                visits=[visits],
                conversions=[conversions],
                targets=["order_paid"],
                cut_off=CUT_OFF,
                out=folder / "link.parquet",
                memory_limit=memory_limit,
            )
        )
    else:
        engine = duckdb.connect(
            config={"memory_limit": memory_limit, "temp_directory": str(folder / "spill")}
        )
        engine.execute("set preserve_insertion_order = false")
        # Else the planner may fall into a nested loop, and the comparison would flatter us.
        engine.execute("set asof_loop_join_threshold = 0")
        report(
            lambda: engine.execute(
                f"""
                copy (
                    select conversions.row_no, visits.visit_id
                    from read_parquet('{conversions}') as conversions
                    asof left join read_parquet('{visits}') as visits
                        on conversions.client_id = visits.client_id
                        and conversions.happened_at >= visits.started_at
                ) to '{folder}/as-of.parquet' (format parquet, compression lz4)
                """
            )
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
    else:
        run(main)
