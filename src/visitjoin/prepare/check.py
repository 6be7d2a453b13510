"""One batch of rows in; the conversions and the rejected rows of it out."""

from collections.abc import Mapping as ReadOnlyDict
from typing import Final, TypeAlias

import polars as pl

from visitjoin.contract.columns import Column
from visitjoin.contract.currencies import known_currencies
from visitjoin.prepare.mapping import Plan
from visitjoin.prepare.prices import PRICE, as_price, plain_prices
from visitjoin.prepare.rules import Terms, is_sound, rules
from visitjoin.prepare.sources import OVERFLOW
from visitjoin.prepare.times import unix_seconds

_ColumnTypes: TypeAlias = dict[str, pl.DataType | type[pl.DataType]]

_CONVERSION: Final[_ColumnTypes] = {
    "row_no": pl.Int64,
    "client_id": pl.String,
    "user_id": pl.String,
    "yclid": pl.String,
    "purchase_id": pl.String,
    "target": pl.String,
    "happened_at": pl.Int64,
    "price": PRICE,
    "currency": pl.String,
}
CONVERSION_SCHEMA: Final = pl.Schema(_CONVERSION)
"""`contract.tables.CONVERSION` in the types of Polars."""

_REJECT: Final[_ColumnTypes] = {
    "row_no": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "reason": pl.String,
    "price": PRICE,
    "currency": pl.String,
}
REJECT_SCHEMA: Final = pl.Schema(_REJECT)
"""`contract.tables.REJECT` without the line, which is found at the end, for all rejects at once."""

_FIELD_OF: Final = {
    Column.CLIENT_ID: "client_id",
    Column.USER_ID: "user_id",
    Column.YCLID: "yclid",
    Column.PURCHASE_ID: "purchase_id",
    Column.TARGET: "target",
}


def read_columns(rows: pl.DataFrame, plan: Plan, terms: Terms) -> pl.DataFrame:
    """Give a batch the columns that the rules read: the API's as stripped text, null where empty.

    rows: row_no, and `c<n>` for each column of the source that the plan names.

    Returns row_no, every column of the API as text, `overflow`, `happened_at` (Unix seconds) and
    `plain_price` (the text of a number).
    """
    overflow = _stripped(OVERFLOW) if OVERFLOW in rows.columns else pl.lit(None, pl.String)
    read = rows.select(
        pl.col("row_no").cast(pl.Int64),
        *(_text_of(column, plan) for column in Column),
        overflow.alias("overflow"),
    )
    return read.with_columns(
        unix_seconds(read[Column.DATE_TIME], terms.zone).alias("happened_at"),
        plain_prices(read[Column.PRICE], comma_is_decimal=terms.comma_is_decimal).alias(
            "plain_price"
        ),
    )


def conversions_among(read: pl.DataFrame, sound: pl.Series) -> pl.DataFrame:
    """The sound rows of a batch, in the columns of `CONVERSION_SCHEMA`."""
    return read.filter(sound).select(
        "row_no",
        *(pl.col(column).alias(field) for column, field in _FIELD_OF.items()),
        "happened_at",
        *_money(),
    )


def rejects_among(read: pl.DataFrame, sound: pl.Series, terms: Terms) -> pl.DataFrame:
    """The other rows of a batch with their first reason, in the columns of `REJECT_SCHEMA`."""
    wrong = read.filter(~sound)
    if wrong.is_empty():
        return REJECT_SCHEMA.to_frame()
    number = pl.coalesce(
        pl.when(rule.broken).then(pl.lit(place, pl.Int32))
        for place, rule in enumerate(rules(terms))
    )
    return wrong.with_columns(rule=number).select("row_no", *_explanations(terms), *_money())


def soundness(read: pl.DataFrame, terms: Terms) -> pl.Series:
    """Which rows of a batch break no rule."""
    return read.select(is_sound(terms).fill_null(value=False)).to_series()


def unknown_currencies(read: pl.DataFrame, sound: pl.Series) -> int:
    """How many sound rows lose their price because their currency is not known."""
    return int(read.filter(sound).select((~_is_known()).fill_null(value=False).sum()).item())


def _explanations(terms: Terms) -> list[pl.Expr]:
    listed = rules(terms)
    reasons = pl.Series([rule.reason.value for rule in listed], dtype=pl.String)
    columns = pl.Series([_shown(rule.column) for rule in listed], dtype=pl.String)
    place = pl.col("rule")
    values: ReadOnlyDict[str, pl.Expr] = {
        rule.column: pl.col(rule.column) for rule in listed if rule.column
    }
    value = pl.coalesce(
        pl.when(place.is_in([n for n, rule in enumerate(listed) if rule.column == name])).then(
            given
        )
        for name, given in values.items()
    )
    return [
        place.replace_strict(dict(enumerate(columns)), return_dtype=pl.String).alias("column"),
        value.alias("value"),
        place.replace_strict(dict(enumerate(reasons)), return_dtype=pl.String).alias("reason"),
    ]


def _shown(column: str) -> str | None:
    return None if column in ("", "overflow") else column


def _text_of(column: Column, plan: Plan) -> pl.Expr:
    if column in plan.constants:
        text = pl.lit(plan.constants[column])
    elif column in plan.positions:
        text = _stripped(f"c{plan.positions[column]}")
    else:
        text = pl.lit(None, pl.String)
    return text.alias(column)


def _stripped(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text)


def _is_known() -> pl.Expr:
    return pl.col(Column.CURRENCY).str.to_uppercase().is_in(sorted(known_currencies()))


def _money() -> list[pl.Expr]:
    """Price and currency; both null where the currency is not known (contract.currencies)."""
    unknown = (~_is_known()).fill_null(value=False)
    price = pl.when(~unknown).then(as_price(pl.col("plain_price")))
    currency = pl.when(~unknown).then(pl.col(Column.CURRENCY).str.to_uppercase())
    return [price.alias("price"), currency.alias("currency")]
