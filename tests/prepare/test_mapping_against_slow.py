"""A mapping's filter, stages, key and minor units against a slow and obvious reading of them."""

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from visitjoin.contract.columns import Column
from visitjoin.contract.reasons import Reason
from visitjoin.prepare import Mapping, prepare
from visitjoin.prepare.mapping import Condition, TargetByValue

from .conftest import NOW

Row = dict[str, str]
STAGES = ("won", "Won", "new", "lost", "счёт оплачен")
WORDS = (*STAGES, "", " ", "\u00a0", " won ", "new\n", "a;b")
PRICES = ("", "0", "5", "50", "129950", "1 299 50", "00100", "12,50", "7.00", "-5", "1e3", "x")


def conditions_on(column: str) -> st.SearchStrategy[Condition]:
    values = st.lists(st.sampled_from(STAGES), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.sampled_from(STAGES).map(lambda value: Condition(column=column, equals=value)),
        values.map(lambda found: Condition(column=column, among=found)),
        values.map(lambda found: Condition(column=column, not_among=found)),
        st.booleans().map(lambda present: Condition(column=column, present=present)),
    )


@dataclass(frozen=True)
class Case:
    rows: list[Row]
    conditions: list[Condition]
    goals: dict[str, str]
    minor_units: bool


cases = st.builds(
    Case,
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "Stage": st.sampled_from(WORDS),
                "Second stage": st.sampled_from(WORDS),
                "Funnel": st.sampled_from(WORDS),
                "Number": st.sampled_from(("", " ", "7", " A-1 ")),
                "Price": st.one_of(st.sampled_from(PRICES), st.integers(0, 10**15).map(str)),
            }
        ),
        min_size=1,
        max_size=40,
    ),
    conditions=st.lists(
        st.sampled_from(("Stage", "Funnel")).flatmap(conditions_on), min_size=0, max_size=3
    ),
    goals=st.dictionaries(st.sampled_from(STAGES), st.sampled_from(("paid", "lead", ""))),
    minor_units=st.booleans(),
)


def slow_reading(row: Row, case: Case) -> object:
    """`left_out`, a reason, or Target, price and key: one row at a time, by other means."""
    for condition in case.conditions:
        value = row[condition.column].strip()
        if condition.equals is not None and value != condition.equals:
            return Reason.LEFT_OUT
        if condition.among is not None and value not in condition.among:
            return Reason.LEFT_OUT
        if condition.not_among is not None and value in condition.not_among:
            return Reason.LEFT_OUT
        if condition.present is not None and bool(value) != condition.present:
            return Reason.LEFT_OUT
    target = case.goals.get(row["Stage"].strip() or row["Second stage"].strip(), "")
    if not target:
        return Reason.LEFT_OUT
    price = slow_price(row["Price"], minor_units=case.minor_units)
    if isinstance(price, Reason):
        return price
    if not row["Number"].strip():
        return Reason.KEY_EMPTY
    return target, price, row["Number"].strip()


def slow_price(text: str, *, minor_units: bool) -> Decimal | Reason | None:
    text = text.strip()
    if not text:
        return None
    number = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text.removeprefix("-")).replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?", number):
        return Reason.PRICE_NOT_A_NUMBER
    amount = Decimal(number)
    if minor_units and amount != int(amount):
        return Reason.PRICE_NOT_IN_MINOR_UNITS
    if text.startswith("-"):
        return Reason.PRICE_NEGATIVE
    amount = amount / 100 if minor_units else amount
    return Reason.PRICE_OUT_OF_RANGE if amount >= 10**12 else amount


def fast_reading(case: Case) -> dict[int, object]:
    headers = (*case.rows[0], "ClientId", "DateTime")
    text = StringIO()
    writer = csv.DictWriter(text, headers, delimiter=";")
    writer.writeheader()
    writer.writerows(row | {"ClientId": "17", "DateTime": "1794690000"} for row in case.rows)
    mapping = Mapping(
        columns={Column.CLIENT_ID: "ClientId", Column.DATE_TIME: "DateTime", Column.PRICE: "Price"},
        targets=TargetByValue(column=("Stage", "Second stage"), goals=case.goals),
        filter=tuple(case.conditions),
        key="Number",
        minor_units=case.minor_units,
        explicit=True,
    )
    with TemporaryDirectory() as folder:
        source, kept, dropped = (Path(folder) / n for n in ("t.csv", "c.parquet", "r.parquet"))
        source.write_text(text.getvalue(), encoding="utf-8", newline="")
        prepared = prepare(source, conversions=kept, rejects=dropped, now=NOW, mapping=mapping)
        sound = pl.read_parquet(kept).to_dicts()
        others = pl.read_parquet(dropped).to_dicts()
    left_out = sum(row["reason"] == Reason.LEFT_OUT for row in others)
    assert (prepared.accepted, prepared.left_out) == (len(sound), left_out)
    assert prepared.rows == prepared.accepted + prepared.rejected + prepared.left_out
    return {row["row_no"]: (row["target"], row["price"], row["key"]) for row in sound} | {
        row["row_no"]: Reason(row["reason"]) for row in others
    }


@given(cases)
@settings(max_examples=150, deadline=None)
def test_every_row_ends_as_the_slow_reading_says(case: Case) -> None:
    expected = {number: slow_reading(row, case) for number, row in enumerate(case.rows, start=1)}

    assert fast_reading(case) == expected


def test_the_slow_reading_knows_every_reason_that_only_a_mapping_gives() -> None:
    """So that agreement with it says something."""
    row = {"Stage": "won", "Second stage": "", "Funnel": "", "Number": "7", "Price": "5"}
    case = Case(rows=[], conditions=[], goals={"won": "paid"}, minor_units=True)

    answers = [
        slow_reading(row | change, case)
        for change in ({}, {"Stage": "new"}, {"Number": " "}, {"Price": "12,50"})
    ]

    assert answers == [
        ("paid", Decimal("0.05"), "7"),
        Reason.LEFT_OUT,
        Reason.KEY_EMPTY,
        Reason.PRICE_NOT_IN_MINOR_UNITS,
    ]
