"""How fast it is found what was sent before.

    python benchmarks/ledger.py [--sent 100_000_000] [--new 5_000_000] [--known 0.5]

Prints the seconds of the duplicate check (sent_before.sql) and of the whole plan of a run, as a
ratio to a bare anti-join of the same fingerprints with the ledger, in the same DuckDB; first where
all conversions are new, then where the share `known` of them was sent before; each without a limit
of memory that matters and with one of 1 GB. The peak is that of the process. Each is measured in a
process of its own, and the processes of a comparison take turns, so that a busy machine is busy for
all of them.

The ledger of 100,000,000 conversions is made in a temporary folder and takes 2.4 GB there.
"""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import duckdb
from cyclopts import run
from measure import Measured, in_own_process, report
from tables import NOW

from visitjoin.sender.ledger.ledger import Ledger, Owner, open_ledger
from visitjoin.sender.run.plan import plan
from visitjoin.sender.run.wishes import Wishes
from visitjoin.sender.tables.workspace import Workspace

MOMENT = datetime.fromtimestamp(NOW, UTC)
CUT_OFF = MOMENT - timedelta(days=21)
OWNER = Owner(server="127.0.0.1:8080", counter=1)
ROWS_PER_BATCH = 1_000_000
LIMITS = ("8GB", "1GB")
WORK = {
    "anti-join": "bare anti-join",
    "check": "duplicate check",
    "plan": "whole plan",
}


def main(
    *,
    sent: int = 100_000_000,
    new: int = 5_000_000,
    known: float = 0.5,
    repeats: int = 3,
) -> None:
    """Measure, and print the ratios."""
    with TemporaryDirectory(prefix="visitjoin-benchmark-") as name:
        folder = Path(name)
        _apart("ledger", folder, sent)
        for share in (0.0, known):
            _apart("source", folder, sent, new, int(new * share))
            print(f"{new:,} conversions, {share:.0%} of them among {sent:,} that were sent")
            for limit in LIMITS:
                _compare(folder, limit, repeats)


def _apart(what: str, folder: Path, *numbers: int) -> None:
    """Make the tables in a process of its own: a child begins with the peak of its parent."""
    in_own_process(__file__, "--make", what, str(folder), *map(str, numbers))


def _compare(folder: Path, limit: str, repeats: int) -> None:
    runs: dict[str, list[Measured]] = {what: [] for what in WORK}
    for _ in range(repeats):
        for what in WORK:
            runs[what].append(in_own_process(__file__, "--child", what, str(folder), limit))
    bare = median(one.seconds for one in runs["anti-join"])
    print(f"  memory limit {limit}")
    for what, name in WORK.items():
        seconds = median(one.seconds for one in runs[what])
        memory = max(one.memory for one in runs[what])
        print(f"    {name:16} {seconds:7.1f} s  {memory:6.0f} MB  {seconds / bare:5.2f}")


def _write_ledger(folder: Path, rows: int) -> None:
    """Fill a ledger with the fingerprints that the plan itself makes, a batch after the other."""
    with _ledger(folder, "4GB") as ledger:
        workspace = Workspace(_emptied(folder / "making"), engine=ledger.engine)
        for first in range(0, rows, ROWS_PER_BATCH):
            last = min(first + ROWS_PER_BATCH, rows)
            _write(workspace.table("conversions"), f"select i from range({first}, {last}) as t(i)")
            workspace.hold("fingerprints.sql", "fingerprints")
            ledger.engine.execute(
                f"insert into sent select identity, key, {first // ROWS_PER_BATCH + 1}, "
                "happened_at, price, currency, false from fingerprints"
            )


def _write_source(folder: Path, sent: int, new: int, known: int) -> None:
    """The known are spread over the whole ledger, and the new lie beyond it."""
    step = max(1, sent // max(1, known))
    numbers = f"select case when i < {known} then i * {step} else {sent} + i end as i"
    _write(folder / "source.parquet", f"{numbers} from range({new}) as t(i)")
    (folder / "known").write_text(str(known))


def _write(path: Path, numbers: str) -> None:
    duckdb.execute(
        f"""
        copy (
            select row_number() over () as row_no, (1600000000000000000 + i)::varchar as client_id,
                   null::varchar as user_id, null::varchar as yclid, null::varchar as purchase_id,
                   'order_paid' as target, {NOW} - (hash(i, 2) % 1000000)::bigint as happened_at,
                   ((hash(i, 3) % 5000000) / 100)::decimal(18, 6) as price, 'RUB' as currency
            from ({numbers})
        ) to '{path}' (format parquet)
        """
    )


def _child(what: str, folder: Path, limit: str) -> None:
    with _ledger(folder, limit) as ledger:
        workspace = Workspace(_emptied(folder / "run"), engine=ledger.engine)
        workspace.table("conversions").symlink_to(folder / "source.parquet")
        known = int((folder / "known").read_text())
        if what == "plan":
            report(lambda: plan(workspace, Wishes(), cut_off=CUT_OFF))
        elif what == "check":
            workspace.hold("fingerprints.sql", "fingerprints")
            report(lambda: workspace.hold("sent_before.sql", "sent_before"))
        else:
            workspace.hold("fingerprints.sql", "fingerprints")
            report(
                lambda: ledger.engine.execute(
                    "create temp table fresh as "
                    "select row_no from fingerprints anti join sent using (identity)"
                )
            )
            assert _rows(ledger, "fingerprints") - _rows(ledger, "fresh") == known
            return
        assert _rows(ledger, "sent_before") == known, "the check misses what was sent before"


def _rows(ledger: Ledger, table: str) -> int:
    ((rows,),) = ledger.engine.execute(f"select count(*) from {table}").fetchall()
    return int(rows)


def _ledger(folder: Path, limit: str) -> AbstractContextManager[Ledger]:
    return open_ledger(folder / "ledger.duckdb", OWNER, now=MOMENT, memory_limit=limit)


def _emptied(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    return folder


MAKE: dict[str, Callable[..., None]] = {"ledger": _write_ledger, "source": _write_source}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
    elif sys.argv[1:2] == ["--make"]:
        report(lambda: MAKE[sys.argv[2]](Path(sys.argv[3]), *map(int, sys.argv[4:])))
    else:
        run(main)
