"""How fast a table is checked, and in how much memory.

    python benchmarks/prepare.py [--rows 10_000_000] [--long-rows 40_000_000] [--sample 200_000]

Prints, for a clean and a messy table, the time of `prepare` (accepted rows, rejected rows with
their reasons, both written) as a ratio to a straight DuckDB copy of the same file from CSV to CSV;
the same with a mapping that has a filter and gives Targets by value, as a ratio to it without one;
rows a second as a ratio to the `csv` module with hand-written checks and to one pydantic model a
row; and the peak memory at both lengths. Each is measured in a process of its own.
"""

import csv
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from cyclopts import run
from measure import Measured, in_own_process, report
from tables import NOW, write_clean, write_messy

MOSCOW = ZoneInfo("Europe/Moscow")
CLOCK = datetime.fromtimestamp(NOW, UTC)


def main(
    *,
    rows: int = 10_000_000,
    long_rows: int = 40_000_000,
    sample: int = 200_000,
    repeats: int = 3,
) -> None:
    """Measure, and print the ratios."""
    with TemporaryDirectory(prefix="visitjoin-benchmark-") as name:
        folder = Path(name)
        for kind, write in (("clean", write_clean), ("messy", write_messy)):
            table, part = folder / f"{kind}.csv", folder / f"{kind}-part.csv"
            write(table, rows)
            write(part, sample)
            copy = _measure("copy", table, repeats)
            ours = _measure("prepare", table, repeats)
            print(f"{kind}, {rows:,} rows, {table.stat().st_size / 1e6:,.0f} MB")
            print(f"  DuckDB copy      {copy.seconds:6.1f} s   {copy.memory:5.0f} MB")
            print(
                f"  prepare          {ours.seconds:6.1f} s   {ours.memory:5.0f} MB"
                f"   {ours.seconds / copy.seconds:.2f} x the copy"
                f"   {rows / ours.seconds / 1e6:.2f} M rows/s"
            )
            mapped = _measure("mapped", table, repeats)
            print(
                f"  with a mapping   {mapped.seconds:6.1f} s   {mapped.memory:5.0f} MB"
                f"   {mapped.seconds / ours.seconds:.2f} x prepare"
            )
            for habit in ("csv-module", "pydantic"):
                theirs = _measure(habit, part, 1)
                faster = (rows / ours.seconds) / (sample / theirs.seconds)
                print(
                    f"  {habit:16} {sample / theirs.seconds / 1e6:6.2f} M rows/s"
                    f"   prepare is {faster:.0f} x as fast"
                )
            table.unlink()
            if long_rows:
                write(table, long_rows)
                long = _measure("prepare", table, 1)
                print(
                    f"  {long_rows:,} rows: {long.seconds:.1f} s, {long.memory:.0f} MB,"
                    f" {long.memory / ours.memory:.2f} x the memory"
                )
                long = _measure("mapped", table, 1)
                print(
                    f"  {long_rows:,} rows with a mapping: {long.seconds:.1f} s,"
                    f" {long.memory:.0f} MB, {long.memory / mapped.memory:.2f} x the memory"
                )
                table.unlink()


def _measure(what: str, table: Path, repeats: int) -> Measured:
    return in_own_process(__file__, "--child", what, str(table), repeats=repeats)


def _child(what: str, table: Path) -> None:
    folder = table.parent
    match what:
        case "copy":
            import duckdb

            query = f"copy (from read_csv('{table}', all_varchar=true)) to '{folder}/copy.csv'"
            connection = duckdb.connect(config={"threads": 2})
            report(lambda: connection.execute(query))
        case "prepare":
            from visitjoin.prepare import prepare

            report(
                lambda: prepare(
                    table,
                    conversions=folder / "conversions.csv",
                    rejects=folder / "rejects.csv",
                    now=CLOCK,
                    zone=MOSCOW,
                )
            )
        case "mapped":
            from visitjoin.prepare import Mapping, prepare
            from visitjoin.prepare.mapping import Condition, TargetByValue

            goal = "Target" if table.name.startswith("clean") else "Goal"
            mapping = Mapping(
                targets=TargetByValue(column=goal, goals={"order_paid": "won"}),
                filter=(Condition(column="Currency", not_among=("USD",)),),
            )
            report(
                lambda: prepare(
                    table,
                    conversions=folder / "conversions.csv",
                    rejects=folder / "rejects.csv",
                    now=CLOCK,
                    zone=MOSCOW,
                    mapping=mapping,
                )
            )
        case "csv-module":
            report(lambda: check_by_hand(table, folder / "by-hand.csv"))
        case "pydantic":
            report(lambda: check_by_model(table, folder / "by-model.csv"))


def check_by_hand(table: Path, into: Path) -> None:
    """What a careful script does: the csv module, a loop, and checks by hand."""
    digits = re.compile(r"[0-9]{1,20}")
    with table.open(newline="", encoding="utf-8-sig") as file, into.open("w", newline="") as out:
        rows = csv.DictReader(file, delimiter=_separator(table))
        written = csv.writer(out)
        for row in rows:
            client, user, yclid, target, when, price, currency = _cells(row)
            if not (client or user or yclid) or not target:
                continue
            if (client and not digits.fullmatch(client)) or (yclid and not digits.fullmatch(yclid)):
                continue
            try:
                moment = _moment(when)
                amount = float(price.replace(",", ".")) if price else None
            except ValueError:
                continue
            if moment > NOW or (amount is not None and amount < 0) or len(currency) != 3:
                continue
            written.writerow((client, user, yclid, target, moment, amount, currency.upper()))


def check_by_model(table: Path, into: Path) -> None:
    """The habit of a model a row."""
    from pydantic import (
        BaseModel,
        Field,
        ValidationError,
    )

    class Row(BaseModel):
        client_id: str = Field(pattern=r"^[0-9]{0,20}$")
        user_id: str
        yclid: str = Field(pattern=r"^[0-9]{0,20}$")
        target: str = Field(min_length=1)
        moment: int = Field(le=NOW)
        price: float = Field(ge=0)
        currency: str = Field(pattern=r"^[A-Za-z]{3}$")

    with table.open(newline="", encoding="utf-8-sig") as file, into.open("w", newline="") as out:
        written = csv.writer(out)
        for row in csv.DictReader(file, delimiter=_separator(table)):
            client, user, yclid, target, when, price, currency = _cells(row)
            try:
                checked = Row(
                    client_id=client,
                    user_id=user,
                    yclid=yclid,
                    target=target,
                    moment=_moment(when),
                    price=float(price.replace(",", ".")),
                    currency=currency,
                )
            except (ValidationError, ValueError):
                continue
            written.writerow(checked.model_dump().values())


def _separator(table: Path) -> str:
    return ";" if table.name.startswith("messy") else ","


def _cells(row: dict[str, str]) -> list[str]:
    names = (
        ("ClientId", "Client ID"),
        ("UserId", "User ID"),
        ("Yclid", "yclid"),
        ("Target", "Goal"),
        ("DateTime", "Paid at"),
        ("Price", "Amount"),
        ("Currency", "Currency"),
    )
    return [(row.get(api) or row.get(crm) or "").strip() for api, crm in names]


def _moment(when: str) -> int:
    if when.isdigit():
        return int(when)
    local = datetime.strptime(when, "%d.%m.%Y %H:%M").replace(tzinfo=MOSCOW)
    return int(local.timestamp())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2], Path(sys.argv[3]))
    else:
        run(main)
