"""The rules of a row: each one expression and one reason, in the order of `contract.reasons`.

The sender checks with them before it uploads, and the receiver when it accepts. `Terms` says what
depends on the case; the columns that the expressions read are those of `check.read_schema`
and, of rows that are not sound, `time_fault` and `in_future`. The moment of the check is no part
of the terms: so the expressions of a case are the same for each of its files, and are kept. To
build them takes longer than to check a hundred rows.
"""

from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import and_, or_
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from visitjoin.contract import currencies
from visitjoin.contract.columns import Column
from visitjoin.contract.identifiers import (
    DIGITS_PATTERN,
    LARGEST_UNSIGNED_64,
    NUMERIC_KINDS,
    SPREADSHEET_PATTERN,
    IdentifierKind,
)
from visitjoin.contract.reasons import Reason
from visitjoin.contract.tables import KEY
from visitjoin.prepare.prices import is_in_range, is_number, is_whole

LEFT_OUT_BY: Final = "left_out_by"
LEFT_OUT_VALUE: Final = "left_out_value"
"""The header and the value for which the mapping leaves a row out."""
FILLED: Final = "filled"
"""Whether any column of the API is filled; only where the mapping can leave rows out."""

IDENTIFIERS: Final = {kind: kind.column.value for kind in IdentifierKind}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the rules depend on beside the row."""

    zone: ZoneInfo | None = None
    """The zone of local times; None where they cannot be read."""
    only: IdentifierKind | None = None
    """The one kind of identifier that was asked for, by the older generation of the API."""
    comma_is_decimal: bool = True
    """Whether `1,234` can only be a decimal comma."""
    chooses: bool = False
    """Whether the mapping can leave rows out."""
    keyed: bool = False
    """Whether the mapping names a key."""
    anonymous: bool = False
    """Whether a row may lack every identifier of a visitor."""
    minor_units: bool = False
    """Whether prices are whole kopecks or cents."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A way for a row to be wrong: where, when, and why."""

    reason: Reason
    column: str
    broken: pl.Expr


@lru_cache(maxsize=16)
def is_sound(terms: Terms) -> pl.Expr:
    """Whether a row breaks no rule but that of the future: the short form of them all."""
    return _is_sound(
        terms, [_is_unsigned_64(IDENTIFIERS[kind]) for kind in NUMERIC_KINDS], _currency_is_sound()
    )


@lru_cache(maxsize=16)
def looks_sound(terms: Terms) -> pl.Expr:
    """Whether a row breaks no rule, at half the cost: true only where `is_sound` is true.

    An identifier is a number where the engine can read it as one; a currency is known. What this
    misses, such as three letters that are no known currency, `is_sound` decides.
    """
    numbers = [_reads_as_unsigned_64(IDENTIFIERS[kind]) for kind in NUMERIC_KINDS]
    return _is_sound(
        terms, numbers, pl.col(Column.CURRENCY).is_null() | ~pl.col("unknown_currency")
    )


def _is_sound(terms: Terms, numbers: list[pl.Expr], currency: pl.Expr) -> pl.Expr:
    given = (
        pl.col(IDENTIFIERS[kind]).is_null() | number
        for kind, number in zip(NUMERIC_KINDS, numbers, strict=True)
    )
    return reduce(
        and_,
        [
            pl.col("overflow").is_null(),
            _has_identifier(terms),
            ~_has_other_kind(terms.only),
            *given,
            pl.col(Column.TARGET).is_not_null(),
            pl.col("happened_at").is_not_null(),
            pl.col(Column.PRICE).is_null()
            | is_in_range(pl.col("plain_price"), minor_units=terms.minor_units),
            currency,
            *([pl.col(LEFT_OUT_BY).is_null()] if terms.chooses else []),
            *([pl.col(KEY).is_not_null()] if terms.keyed else []),
        ],
    )


def rules(terms: Terms) -> tuple[Rule, ...]:
    """Every rule, in the order in which the first broken one gives the reason.

    Being left out by the mapping comes before all of them and is none of them: see `check`.
    """
    when = pl.col("happened_at")
    plain = pl.col("plain_price")
    return (
        Rule(
            reason=Reason.TOO_MANY_FIELDS,
            column="overflow",
            broken=pl.col("overflow").is_not_null(),
        ),
        Rule(
            reason=Reason.NO_IDENTIFIER,
            column=IDENTIFIERS[terms.only] if terms.only else "",
            broken=~_has_identifier(terms),
        ),
        *(
            Rule(
                reason=Reason.SEVERAL_IDENTIFIERS,
                column=IDENTIFIERS[kind],
                broken=pl.col(IDENTIFIERS[kind]).is_not_null(),
            )
            for kind in IdentifierKind
            if terms.only and kind is not terms.only
        ),
        *(rule for kind in NUMERIC_KINDS for rule in _number_rules(IDENTIFIERS[kind])),
        Rule(
            reason=Reason.TARGET_EMPTY,
            column=Column.TARGET,
            broken=pl.col(Column.TARGET).is_null(),
        ),
        *(
            Rule(
                reason=reason,
                column=Column.DATE_TIME,
                broken=when.is_null() & (pl.col("time_fault") == reason.value),
            )
            for reason in _TIME_REASONS
        ),
        Rule(
            reason=Reason.DATE_TIME_IN_THE_FUTURE,
            column=Column.DATE_TIME,
            broken=pl.col("in_future"),
        ),
        Rule(
            reason=Reason.PRICE_NOT_A_NUMBER,
            column=Column.PRICE,
            broken=plain.is_not_null() & ~is_number(plain),
        ),
        *_minor_unit_rules(terms, plain),
        Rule(
            reason=Reason.PRICE_NEGATIVE,
            column=Column.PRICE,
            broken=is_number(plain) & plain.str.starts_with("-"),
        ),
        Rule(
            reason=Reason.PRICE_OUT_OF_RANGE,
            column=Column.PRICE,
            broken=is_number(plain) & ~is_in_range(plain, minor_units=terms.minor_units),
        ),
        Rule(
            reason=Reason.CURRENCY_NOT_THREE_LETTERS,
            column=Column.CURRENCY,
            broken=~_currency_is_sound(),
        ),
        *_key_rules(terms),
    )


def _minor_unit_rules(terms: Terms, plain: pl.Expr) -> list[Rule]:
    fraction = is_number(plain) & ~is_whole(plain)
    rule = Rule(reason=Reason.PRICE_NOT_IN_MINOR_UNITS, column=Column.PRICE.value, broken=fraction)
    return [rule] if terms.minor_units else []


def _key_rules(terms: Terms) -> list[Rule]:
    rule = Rule(reason=Reason.KEY_EMPTY, column=KEY, broken=pl.col(KEY).is_null())
    return [rule] if terms.keyed else []


_TIME_REASONS: Final = (
    Reason.DATE_TIME_MISSING,
    Reason.DATE_TIME_NOT_A_TIME,
    Reason.DATE_TIME_WITHOUT_ZONE,
    Reason.DATE_TIME_AMBIGUOUS,
    Reason.DATE_TIME_IN_MILLISECONDS,
)


def _number_rules(column: str) -> list[Rule]:
    given = pl.col(column)
    wrong = given.is_not_null() & ~_is_unsigned_64(column)
    damaged = given.str.contains(SPREADSHEET_PATTERN)
    return [
        Rule(reason=Reason.IDENTIFIER_DAMAGED, column=column, broken=wrong & damaged),
        Rule(reason=Reason.IDENTIFIER_NOT_A_NUMBER, column=column, broken=wrong & ~damaged),
    ]


def _is_unsigned_64(column: str) -> pl.Expr:
    given = pl.col(column)
    longest = len(LARGEST_UNSIGNED_64)
    # Numbers of equal length compare as texts do.
    fits = (given.str.len_bytes() < longest) | (given <= LARGEST_UNSIGNED_64)
    return given.str.contains(DIGITS_PATTERN) & fits


def _reads_as_unsigned_64(column: str) -> pl.Expr:
    given = pl.col(column)
    # The engine reads digits, and no fraction, no exponent, nothing above 2^64 - 1; but a plus.
    return given.cast(pl.UInt64, strict=False).is_not_null() & ~given.str.starts_with("+")


def _currency_is_sound() -> pl.Expr:
    currency = pl.col(Column.CURRENCY)
    return currency.is_null() | currency.str.contains(currencies.PATTERN)


def _has_identifier(terms: Terms) -> pl.Expr:
    if terms.anonymous:
        return pl.lit(True)  # noqa: FBT003 - an expression of Polars
    kinds = [terms.only] if terms.only else list(IdentifierKind)
    return reduce(or_, (pl.col(IDENTIFIERS[kind]).is_not_null() for kind in kinds))


def _has_other_kind(only: IdentifierKind | None) -> pl.Expr:
    if only is None:
        return pl.lit(False)  # noqa: FBT003 - an expression of Polars
    others = [kind for kind in IdentifierKind if kind is not only]
    return reduce(or_, (pl.col(IDENTIFIERS[kind]).is_not_null() for kind in others))
