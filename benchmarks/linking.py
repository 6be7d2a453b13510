"""How long does an uploading take from its answer to its last status, compared with the join alone?

    .venv/bin/python benchmarks/linking.py [--visits 20000000] [--conversions 1000000] [--rounds 3]

A receiver on this machine has the visits already. The conversions are uploaded, and the time runs
from the answer until the status is the last one: the rows are put into Delta tables, joined to the
visits that lie there, and the outcomes are written and counted. The floor is `link` over the same
visits and conversions as Parquet files, in a process of its own, with the receiver at rest. Rounds
alternate; the medians are compared. The bar: at most 2.5 times as long.
"""

import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
from cyclopts import run
from measure import in_own_process, report
from running import Receiver, running_receiver
from tables import write_conversions, write_visits

from visitjoin.contract.window import WINDOW
from visitjoin.linking import link

AT_MOST: Final = 2.5
MEMORY_LIMIT: Final = "2GB"
"""Of the engine, on both sides."""

COLUMNS: Final = {
    "client_id": "ClientId",
    "user_id": "UserId",
    "yclid": "Yclid",
    "purchase_id": "PurchaseId",
    "target": "Target",
    "happened_at": "DateTime",
    "price": "Price",
    "currency": "Currency",
}


def main(*, visits: int = 20_000_000, conversions: int = 1_000_000, rounds: int = 3) -> None:
    """Measure, print, and fail where the bar is missed."""
    with TemporaryDirectory(prefix="visitjoin-linking-") as name:
        folder = Path(name)
        in_own_process(__file__, "--make", str(folder), str(visits), str(conversions))
        print(f"{visits:,} visits, {conversions:,} conversions")
        alone, whole = [], []
        with running_receiver(folder / "data", memory_limit=MEMORY_LIMIT) as receiver:
            receiver.import_visits(folder / "visits.parquet")
            for _ in range(rounds):
                alone.append(in_own_process(__file__, "--child", str(folder)).seconds)
                whole.append(_until_last(receiver, folder / "conversions.csv"))
            peak = receiver.peak()
    join, path = statistics.median(alone), statistics.median(whole)
    print(f"the join alone       {join:6.2f} s")
    print(f"answer to last status {path:5.2f} s   peak memory of the receiver {peak / 1e6:,.0f} MB")
    print(f"ratio                {path / join:6.2f}     (at most {AT_MOST})")
    sys.exit(0 if path / join <= AT_MOST else 1)


def _until_last(receiver: Receiver, file: Path) -> float:
    begun = time.perf_counter()
    answered = receiver.upload(file)
    return time.perf_counter() - begun - answered


def _make(folder: Path, visits: int, conversions: int) -> None:
    write_visits(folder / "visits.parquet", visits)
    rows = folder / "conversions.parquet"
    write_conversions(rows, conversions, visits=visits)
    columns = ", ".join(f'{ours} as "{theirs}"' for ours, theirs in COLUMNS.items())
    duckdb.execute(
        f"copy (select {columns} from '{rows}' order by row_no) "
        f"to '{folder}/conversions.csv' (format csv, header)"
    )


def _child(folder: Path) -> None:
    link(
        visits=[folder / "visits.parquet"],
        conversions=[folder / "conversions.parquet"],
        targets=["order_paid"],
        cut_off=datetime.now(UTC) - WINDOW,
        out=folder / "link.parquet",
        memory_limit=MEMORY_LIMIT,
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        report(lambda: _make(Path(sys.argv[2]), *map(int, sys.argv[3:])))
    elif sys.argv[1:2] == ["--child"]:
        report(lambda: _child(Path(sys.argv[2])))
    else:
        run(main)
