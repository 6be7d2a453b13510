"""Ledgers to ask: their tables are made as ever, and filled with what a test needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb

from visitjoin.sender.ledger.schema import bring_up_to_date

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def days_ago(number: int) -> date:
    return TODAY - timedelta(days=number)


@dataclass
class Kept:
    """A ledger that is open, and how to fill it."""

    engine: duckdb.DuckDBPyConnection
    batches: int = 0
    runs: dict[date, int] = field(default_factory=dict)

    def batch(
        self,
        run_on: date,
        daily: dict[tuple[date, str, str], dict[str, int]],
        *,
        state: str = "done",
        repeats: int | None = None,
        linked: int | None = None,
        rows: int | None = None,
    ) -> int:
        """Keep a batch that left on a day at 09:00 UTC; returns its number.

        daily: rows by fate, for each day, target and kind. rows: of the batch; default those of
        `daily`, which a batch on its way has not yet.
        """
        self.batches += 1
        happened = [int(datetime.combine(day, time(12), UTC).timestamp()) for day, *_ in daily]
        counted = sum(sum(fates.values()) for fates in daily.values())
        self.engine.execute(
            "insert into batches (batch_no, batch, run, type, repeats, rows, bytes, "
            "first_happened_at, last_happened_at, state, state_at, uploading, linked_quantity) "
            "values ($1, $2, $3, 'BASIC', $4, $5, 0, $6, $7, $8, 0, $9, $10)",
            [
                self.batches,
                f"b{self.batches}",
                self.run(run_on),
                repeats,
                counted if rows is None else rows,
                min(happened),
                max(happened),
                state,
                None if state in ("ready", "sending") else 70_000 + self.batches,
                linked,
            ],
        )
        if state in ("done", "given_up"):
            self.engine.executemany(
                "insert into daily values ($1, $2, $3, $4, $5, $6)",
                [
                    [self.batches, *place, fate, number]
                    for place, fates in daily.items()
                    for fate, number in fates.items()
                ],
            )
        return self.batches

    def run(self, day: date) -> int:
        """The run of a day, kept once."""
        if day not in self.runs:
            self.runs[day] = len(self.runs) + 1
            started = int(datetime.combine(day, time(9), UTC).timestamp())
            self.engine.execute(
                "insert into runs values ($1, $2, 'deals.csv')", [self.runs[day], started]
            )
        return self.runs[day]

    def nightly(
        self,
        day: date,
        *,
        linked: int = 80,
        others: int = 20,
        kind: str = "CLIENT_ID",
        target: str = "order_paid",
    ) -> int:
        """A day's rows, sent the morning after."""
        fates = {"linked": linked, "visitor_not_found": others}
        return self.batch(day + timedelta(days=1), {(day, target, kind): fates})


@contextmanager
def a_ledger(path: Path) -> Iterator[Kept]:
    """A new ledger, open."""
    with duckdb.connect(str(path)) as engine:
        bring_up_to_date(engine, path)
        yield Kept(engine)
