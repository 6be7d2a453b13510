"""What a plan reads out of the cells of a row, as expressions: texts, and whether the row counts.

The cells are `c<n>`, the columns of the source, all text. Empty is null, everywhere here.
"""

from collections.abc import Iterable
from collections.abc import Mapping as ReadOnlyDict
from typing import Final

import polars as pl

from visitjoin.contract.columns import Column
from visitjoin.prepare.mapping import Condition
from visitjoin.prepare.plan import Places, Plan
from visitjoin.prepare.times import DATE_ALONE

_FREE: Final = (Column.USER_ID, Column.PURCHASE_ID, Column.TARGET)
"""Columns that any text may stand in. In the others a blank makes a row look unsound, and then it
is read with care; stripping them in each row would cost a tenth of the whole."""


def text_of(column: Column, plan: Plan) -> pl.Expr:
    """The text of a column of the API."""
    if column in plan.constants:
        text = pl.lit(plan.constants[column])
    elif column is Column.TARGET and plan.goals is not None:
        text = _target(plan)
    elif column not in plan.positions:
        text = nothing()
    elif column in _FREE or len(plan.positions[column]) > 1:
        text = _first_filled(plan.positions[column])
    else:
        text = _filled(_cell(plan.positions[column][0]))
    if column is Column.DATE_TIME and plan.dates_at is not None:
        text = _with_time_of_day(text, plan.dates_at)
    if column is Column.CURRENCY and plan.currencies:
        text = pl.coalesce(_by_value(text.str.strip_chars(), plan.currencies), text)
    return text.alias(column)


def key_of(plan: Plan) -> pl.Expr:
    """What tells one conversion from another."""
    return _first_filled(plan.key)


def left_out_by(plan: Plan) -> pl.Expr:
    """The header of the first column for whose value the plan leaves the row out; else null."""
    return pl.coalesce(
        pl.when(left_out).then(pl.lit(plan.headers[place]))
        for place, left_out in _reasons_to_leave_out(plan)
    )


def left_out_value(plan: Plan) -> pl.Expr:
    """The value for which the plan leaves the row out; null also where it is empty."""
    # An empty value must not make way for that of a later column.
    value = pl.coalesce(
        pl.when(left_out).then(_cell(place).str.strip_chars().fill_null(""))
        for place, left_out in _reasons_to_leave_out(plan)
    )
    return _filled(value)


def is_filled(plan: Plan) -> pl.Expr:
    """Whether anything stands in a column that the plan takes for one of the API."""
    places = sorted({place for found in plan.positions.values() for place in found})
    together = pl.concat_str((_cell(place) for place in places), ignore_nulls=True)
    return together.str.strip_chars().str.len_bytes() > 0


def stripped(name: str) -> pl.Expr:
    """A column's text without blanks around it; null where nothing is left."""
    return _filled(pl.col(name).str.strip_chars())


def nothing() -> pl.Expr:
    """An empty cell."""
    return pl.lit(None, pl.String)


def _reasons_to_leave_out(plan: Plan) -> Iterable[tuple[int, pl.Expr]]:
    for place, condition in plan.conditions:
        yield place, ~_holds(condition, _first_filled((place,)))
    if plan.goals is not None:
        yield plan.stage[0], _target(plan).is_null()


def _holds(condition: Condition, text: pl.Expr) -> pl.Expr:
    match condition:
        case Condition(equals=str(value)):
            holds = text == value
        case Condition(among=tuple(values)):
            holds = text.is_in(list(values))
        case Condition(not_among=tuple(values)):
            return ~text.is_in(list(values)).fill_null(value=False)
        case Condition(present=False):
            return text.is_null()
        case _:
            return text.is_not_null()
    return holds.fill_null(value=False)


def _target(plan: Plan) -> pl.Expr:
    """The Target by the value of the stage; null where it has none."""
    return _by_value(_first_filled(plan.stage), plan.goals or {})


def _by_value(text: pl.Expr, meanings: ReadOnlyDict[str, str]) -> pl.Expr:
    """What a value means; null where nothing. Unlike a look-up in a dictionary it streams."""
    values: dict[str, list[str]] = {}
    for value, meaning in meanings.items():
        if meaning:
            values.setdefault(meaning, []).append(value)
    return pl.coalesce(
        nothing(),
        *(pl.when(text.is_in(found)).then(pl.lit(meaning)) for meaning, found in values.items()),
    )


def _with_time_of_day(text: pl.Expr, time: str) -> pl.Expr:
    date = text.str.strip_chars()
    whole = pl.concat_str(date, pl.lit(f" {time}"))
    return pl.when(date.str.contains(DATE_ALONE)).then(whole).otherwise(text)


def _first_filled(places: Places) -> pl.Expr:
    return pl.coalesce(_filled(_cell(place).str.strip_chars()) for place in places)


def _filled(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.len_bytes() > 0).then(text)


def _cell(place: int) -> pl.Expr:
    return pl.col(f"c{place}")
