"""From the cells of a table to conversions and rejected rows, as expressions on columns.

A row is read in the usual way first: its moment as most of the table's are written, its price
without anything between thousands. Only rows that are not sound then are read with care, in every
known way, and only those that are still not sound are explained.
"""

from collections.abc import Iterable
from typing import Final

import polars as pl

from visitjoin.contract.columns import Column
from visitjoin.contract.currencies import known_currencies
from visitjoin.prepare.mapping import Plan
from visitjoin.prepare.prices import as_price, may_be_number, plain_number, usual_number
from visitjoin.prepare.rules import Terms, is_sound, looks_sound, rules
from visitjoin.prepare.sources import OVERFLOW
from visitjoin.prepare.times import Way, time_fault, unix_seconds, usual_seconds

READ_SCHEMA: Final = pl.Schema(
    [
        ("row_no", pl.Int64()),
        *((column.value, pl.String()) for column in Column),
        (OVERFLOW, pl.String()),
        ("happened_at", pl.Int64()),
        ("plain_price", pl.String()),
        ("unknown_currency", pl.Boolean()),
        ("sound", pl.Boolean()),
    ]
)
"""A row as read: every column of the API as stripped text, null where empty; what the row has
beyond the header; the moment in Unix seconds; the price as a plain number; whether its
currency is named and not known; whether it is sound."""

_TEXT_FIELDS: Final = {
    Column.CLIENT_ID: "client_id",
    Column.USER_ID: "user_id",
    Column.YCLID: "yclid",
    Column.PURCHASE_ID: "purchase_id",
    Column.TARGET: "target",
}


def read_usually(rows: pl.LazyFrame, plan: Plan, terms: Terms, way: Way) -> pl.LazyFrame:
    """Read rows in the usual way.

    rows: row_no, and `c<n>` for each column of the source that the plan names; `overflow` where
    the table's rows are uneven. way: how most of the table's moments are written.

    Returns `READ_SCHEMA`.
    """
    overflow = pl.col(OVERFLOW) if OVERFLOW in rows.collect_schema() else _nothing()
    texts = rows.select(
        pl.col("row_no").cast(pl.Int64),
        *(_text_of(column, plan) for column in Column),
        overflow.alias(OVERFLOW),
    )
    price = usual_number(pl.col(Column.PRICE), comma_is_decimal=terms.comma_is_decimal)
    read = texts.with_columns(
        usual_seconds(pl.col(Column.DATE_TIME), way).alias("happened_at"),
        price.alias("plain_price"),
        _is_unknown_currency().alias("unknown_currency"),
    )
    return read.with_columns(looks_sound(terms).fill_null(value=False).alias("sound"))


def read_with_care(read: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Read rows once more, in every known way. read, and what is returned: `READ_SCHEMA`."""
    again = read.with_columns(_stripped(column).alias(column) for column in [*Column, OVERFLOW])
    price = usual_number(pl.col(Column.PRICE), comma_is_decimal=terms.comma_is_decimal)
    seconds = unix_seconds(pl.col(Column.DATE_TIME), terms.zone)
    again = again.with_columns(
        price.alias("plain_price"), _is_unknown_currency().alias("unknown_currency")
    )
    if again.filter(pl.col("happened_at").is_null(), pl.col(Column.DATE_TIME).is_not_null()).height:
        again = again.with_columns(seconds.alias("happened_at"))
    odd = again.select(may_be_number(pl.col("plain_price"))).to_series()
    if odd.any():
        number = plain_number(pl.col(Column.PRICE), comma_is_decimal=terms.comma_is_decimal)
        prices = again.filter(odd).select(number).to_series()
        again = again.with_columns(again["plain_price"].scatter(odd.arg_true(), prices))
    return again.with_columns(is_sound(terms).fill_null(value=False).alias("sound"))


def as_conversions(read: pl.LazyFrame) -> pl.LazyFrame:
    """Sound rows in the columns and types of `contract.tables.CONVERSION`."""
    return read.select(
        "row_no",
        *(pl.col(column).alias(field) for column, field in _TEXT_FIELDS.items()),
        "happened_at",
        *_money(),
    )


def as_written(read: pl.LazyFrame, columns: list[Column]) -> pl.LazyFrame:
    """Sound rows in the API's own form. columns: those to write, in their order."""
    known = ~pl.col("unknown_currency")
    forms = {
        Column.DATE_TIME: pl.col("happened_at"),
        Column.PRICE: pl.when(known).then("plain_price"),
        Column.CURRENCY: pl.when(known).then(_currency()),
    }
    return read.select(
        forms.get(column, pl.col(column.value)).alias(column.value) for column in columns
    )


def explained(wrong: pl.LazyFrame, terms: Terms) -> pl.LazyFrame:
    """Rows that are not sound, each with its first reason.

    wrong: `READ_SCHEMA`, read with care.

    Returns row_no, column, value, reason, price and currency, as in `contract.tables.REJECT`.
    """
    listed = rules(terms)
    place = pl.coalesce(
        pl.when(rule.broken).then(pl.lit(number, pl.Int32)) for number, rule in enumerate(listed)
    )
    fault = time_fault(pl.col(Column.DATE_TIME), terms.zone).alias("time_fault")
    return (
        wrong.with_columns(fault)
        .with_columns(place.alias("rule"))
        .select(
            "row_no",
            _of_rule(pl.lit(_shown(rule.column), pl.String) for rule in listed).alias("column"),
            _of_rule(pl.col(rule.column) if rule.column else _nothing() for rule in listed).alias(
                "value"
            ),
            _of_rule(pl.lit(rule.reason.value) for rule in listed).alias("reason"),
            *_money(),
        )
    )


def _of_rule(expressions: Iterable[pl.Expr]) -> pl.Expr:
    """For each row the expression of its rule. Unlike a look-up in a dictionary it streams."""
    return pl.coalesce(
        pl.when(pl.col("rule") == number).then(expression)
        for number, expression in enumerate(expressions)
    )


def _is_unknown_currency() -> pl.Expr:
    return (~_currency().is_in(_KNOWN)).fill_null(value=False)


_KNOWN: Final = pl.Series(sorted(known_currencies())).implode()


def _shown(column: str) -> str | None:
    return None if column in ("", OVERFLOW) else column


def _text_of(column: Column, plan: Plan) -> pl.Expr:
    if column in plan.constants:
        text = pl.lit(plan.constants[column])
    elif column not in plan.positions:
        text = _nothing()
    elif column in _FREE:
        text = _stripped(f"c{plan.positions[column]}")
    else:
        text = _filled(pl.col(f"c{plan.positions[column]}"))
    return text.alias(column)


_FREE: Final = (Column.USER_ID, Column.PURCHASE_ID, Column.TARGET)
"""Columns that any text may stand in. In the others a blank makes a row look unsound, and then it
is read with care; stripping them in each row would cost a tenth of the whole."""


def _stripped(name: str) -> pl.Expr:
    return _filled(pl.col(name).str.strip_chars())


def _filled(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.len_bytes() > 0).then(text)


def _nothing() -> pl.Expr:
    return pl.lit(None, pl.String)


def _currency() -> pl.Expr:
    return pl.col(Column.CURRENCY).str.to_uppercase()


def _money() -> list[pl.Expr]:
    """Price and currency; both null where the currency is not known (contract.currencies)."""
    known = ~pl.col("unknown_currency")
    price = pl.when(known).then(as_price(pl.col("plain_price")))
    return [price.alias("price"), pl.when(known).then(_currency()).alias("currency")]
