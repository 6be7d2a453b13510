"""From the cells of a table to conversions and rejected rows, as expressions on columns.

A row is read in the usual way first: its moment as most of the table's are written, its price
without anything between thousands. Only rows that are not sound then are read with care, in every
known way, and only those that are still not sound are explained.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache, partial
from typing import Final

import polars as pl

from visitjoin.contract.columns import Column
from visitjoin.contract.currencies import known_currencies
from visitjoin.contract.reasons import Reason
from visitjoin.contract.tables import KEY
from visitjoin.prepare.cells import (
    is_filled,
    key_of,
    left_out_by,
    left_out_value,
    nothing,
    stripped,
    text_of,
)
from visitjoin.prepare.plan import Plan
from visitjoin.prepare.prices import amount, as_price, may_be_number, plain_number, usual_number
from visitjoin.prepare.rules import (
    FILLED,
    LEFT_OUT_BY,
    LEFT_OUT_VALUE,
    Terms,
    is_sound,
    looks_sound,
    rules,
)
from visitjoin.prepare.sources import OVERFLOW
from visitjoin.prepare.times import Way, time_fault, unix_seconds, usual_seconds

_READ: Final = pl.Schema(
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


@lru_cache(maxsize=16)
def read_schema(terms: Terms) -> pl.Schema:
    """The columns of a row as read.

    Every column of the API as stripped text, null where empty; what the row has beyond the header;
    the moment in Unix seconds; the price as a plain number, as it was written; whether its currency
    is named and not known; whether it is sound. Only where the mapping needs them, for they cost
    time: the key; the header and the value for which the mapping leaves the row out, null where it
    does not; whether any column of the API is filled.
    """
    schema = dict(_READ)
    if terms.keyed:
        schema[KEY] = pl.String()
    if terms.chooses:
        schema |= {LEFT_OUT_BY: pl.String(), LEFT_OUT_VALUE: pl.String(), FILLED: pl.Boolean()}
    return pl.Schema(schema)


@lru_cache(maxsize=16)
def no_rows(terms: Terms) -> pl.DataFrame:
    """A table of the columns of `read_schema` without any rows."""
    return read_schema(terms).to_frame()


_TEXT_FIELDS: Final = {
    Column.CLIENT_ID: "client_id",
    Column.USER_ID: "user_id",
    Column.YCLID: "yclid",
    Column.PURCHASE_ID: "purchase_id",
    Column.TARGET: "target",
}


def read_usually(
    rows: pl.LazyFrame, plan: Plan, terms: Terms, now: datetime, way: Way
) -> pl.LazyFrame:
    """Read rows in the usual way.

    rows: row_no, and `c<n>` for each column of the source that the plan names; `overflow` where
    the table's rows are uneven. now: aware; what happened later is in the future. way: how most
    of the table's moments are written.

    Returns the columns of `read_schema`, in its order.
    """
    texts, values = _usually(plan, terms, way, uneven=OVERFLOW in rows.collect_schema())
    read = rows.select(texts).with_columns(values)
    read = read.with_columns(_sound(looks_sound(terms), now))
    return read.select(read_schema(terms).names())


@lru_cache(maxsize=16)
def _usually(
    plan: Plan, terms: Terms, way: Way, *, uneven: bool
) -> tuple[list[pl.Expr], list[pl.Expr]]:
    """The texts of a row, and what they say. uneven: whether there is an `overflow`."""
    texts = [
        pl.col("row_no").cast(pl.Int64),
        *(text_of(column, plan) for column in Column),
        (pl.col(OVERFLOW) if uneven else nothing()).alias(OVERFLOW),
        *_by_mapping(plan),
    ]
    values = [
        usual_seconds(pl.col(Column.DATE_TIME), way).alias("happened_at"),
        *_money_read(terms),
    ]
    return texts, values


def _money_read(terms: Terms) -> list[pl.Expr]:
    price = usual_number(pl.col(Column.PRICE), comma_is_decimal=terms.comma_is_decimal)
    return [price.alias("plain_price"), _is_unknown_currency().alias("unknown_currency")]


def _sound(breaks_nothing_else: pl.Expr, now: datetime) -> pl.Expr:
    sound = breaks_nothing_else & ~_in_future(now)
    return sound.fill_null(value=False).alias("sound")


def _in_future(now: datetime) -> pl.Expr:
    return pl.col("happened_at") > int(now.timestamp())


def read_with_care(read: pl.DataFrame, terms: Terms, now: datetime) -> pl.DataFrame:
    """Read rows once more, in every known way. read, and what is returned: `read_schema`.

    now: as of `read_usually`.

    Of rows that the mapping leaves out only the money: nobody asks for the rest of them, and a CRM
    may have ten for each deal that is won.
    """
    if not terms.chooses:
        return _with_care(read, terms, now)
    left_out = read[LEFT_OUT_BY].is_not_null()
    others = _with_care(read.filter(~left_out), terms, now)
    by_mapping = _priced(read.filter(left_out), (Column.PRICE, Column.CURRENCY), terms)
    # They are kept on disk until the end: the less of them the better.
    needless = [OVERFLOW, *(column for column in Column if column is not Column.CURRENCY)]
    by_mapping = by_mapping.with_columns(nothing().alias(column) for column in needless)
    return pl.concat([others, by_mapping]).sort("row_no")


def _with_care(read: pl.DataFrame, terms: Terms, now: datetime) -> pl.DataFrame:
    timed = _timed(_priced(read, (*Column, OVERFLOW), terms), terms)
    return timed.with_columns(_sound(is_sound(terms), now))


def _priced(read: pl.DataFrame, texts: tuple[str, ...], terms: Terms) -> pl.DataFrame:
    """Read the price with care. texts: the columns to strip, price and currency among them."""
    strip = [stripped(column).alias(column) for column in texts]
    seems_odd = may_be_number(pl.col("plain_price")).alias("odd")
    # In one go: there may be two such rows, and each setting out costs as much as a hundred.
    priced = read.lazy().with_columns(strip).with_columns(_money_read(terms))
    again = priced.with_columns(seems_odd).collect(engine="in-memory")
    odd = again.drop_in_place("odd")
    if not odd.any():
        return again
    number = plain_number(pl.col(Column.PRICE), comma_is_decimal=terms.comma_is_decimal)
    prices = again.filter(odd).select(number).to_series()
    return again.with_columns(again["plain_price"].scatter(odd.arg_true(), prices))


def _timed(read: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    if not read["happened_at"].has_nulls():
        return read
    seconds = unix_seconds(pl.col(Column.DATE_TIME), terms.zone)
    return read.with_columns(seconds.alias("happened_at"))


def as_conversions(read: pl.LazyFrame, terms: Terms) -> pl.LazyFrame:
    """Sound rows in the columns and types of `contract.tables.CONVERSION`, and the key if any."""
    return read.select(_conversion(terms))


@lru_cache(maxsize=16)
def _conversion(terms: Terms) -> list[pl.Expr]:
    return [
        pl.col("row_no"),
        *(pl.col(column).alias(field) for column, field in _TEXT_FIELDS.items()),
        pl.col("happened_at"),
        *_money(terms),
        *([pl.col(KEY)] if terms.keyed else []),
    ]


def as_written(read: pl.LazyFrame, columns: list[Column], terms: Terms) -> pl.LazyFrame:
    """Sound rows in the API's own form. columns: those to write, in their order."""
    known = ~pl.col("unknown_currency")
    forms = {
        Column.DATE_TIME: pl.col("happened_at"),
        Column.PRICE: pl.when(known).then(
            amount(pl.col("plain_price"), minor_units=terms.minor_units)
        ),
        Column.CURRENCY: pl.when(known).then(_currency()),
    }
    return read.select(
        forms.get(column, pl.col(column.value)).alias(column.value) for column in columns
    )


def explained(wrong: pl.LazyFrame, terms: Terms, now: datetime) -> pl.LazyFrame:
    """Rows that are not sound, each with its first reason.

    wrong: the columns of `read_schema`, read with care. now: as of `read_usually`.

    Returns row_no, column, value, reason, price and currency, as in `contract.tables.REJECT`.
    """
    if not terms.chooses:
        return _explained(wrong, terms, now)
    explain = partial(_explained_apart, terms=terms, now=now)
    schema = _explained(wrong, terms, now).collect_schema()
    return wrong.map_batches(explain, streamable=True, schema=schema)


def _explained_apart(wrong: pl.DataFrame, terms: Terms, now: datetime) -> pl.DataFrame:
    """As `explained`, with no rule tried on the rows that the mapping leaves out."""
    left_out = wrong[LEFT_OUT_BY].is_not_null()
    others = _explained(wrong.filter(~left_out).lazy(), terms, now).collect()
    reason = pl.lit(Reason.LEFT_OUT.value)
    by_mapping = wrong.filter(left_out).select(
        "row_no",
        pl.col(LEFT_OUT_BY).alias("column"),
        pl.col(LEFT_OUT_VALUE).alias("value"),
        reason.alias("reason"),
        *_money(terms),
    )
    return pl.concat([others, by_mapping]).sort("row_no")


def _explained(wrong: pl.LazyFrame, terms: Terms, now: datetime) -> pl.LazyFrame:
    fault, rule, told = _explaining(terms)
    return (
        wrong.with_columns(fault, _in_future(now).alias("in_future"))
        .with_columns(rule)
        .select(told)
    )


@lru_cache(maxsize=16)
def _explaining(terms: Terms) -> tuple[pl.Expr, pl.Expr, list[pl.Expr]]:
    """What is wrong with a row's moment; the first rule that it breaks; what is told of it."""
    listed = rules(terms)
    place = pl.coalesce(
        pl.when(rule.broken).then(pl.lit(number, pl.Int32)) for number, rule in enumerate(listed)
    )
    told = [
        pl.col("row_no"),
        _of_rule(pl.lit(_shown(rule.column), pl.String) for rule in listed).alias("column"),
        _of_rule(pl.col(rule.column) if rule.column else nothing() for rule in listed).alias(
            "value"
        ),
        _of_rule(pl.lit(rule.reason.value) for rule in listed).alias("reason"),
        *_money(terms),
    ]
    fault = time_fault(pl.col(Column.DATE_TIME), terms.zone)
    return fault.alias("time_fault"), place.alias("rule"), told


def _by_mapping(plan: Plan) -> Iterable[pl.Expr]:
    """What only some mappings ask for: see `read_schema`."""
    if plan.key:
        yield key_of(plan).alias(KEY)
    if plan.chooses:
        yield left_out_by(plan).alias(LEFT_OUT_BY)
        yield left_out_value(plan).alias(LEFT_OUT_VALUE)
        yield is_filled(plan).alias(FILLED)


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
    return None if column in ("", OVERFLOW, KEY) else column


def _currency() -> pl.Expr:
    return pl.col(Column.CURRENCY).str.to_uppercase()


def _money(terms: Terms) -> list[pl.Expr]:
    """Price and currency; both null where the currency is not known (contract.currencies)."""
    known = ~pl.col("unknown_currency")
    price = as_price(pl.col("plain_price"), minor_units=terms.minor_units)
    return [
        pl.when(known).then(price).alias("price"),
        pl.when(known).then(_currency()).alias("currency"),
    ]
