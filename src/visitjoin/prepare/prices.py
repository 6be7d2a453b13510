"""Reading prices: a decimal point, or a decimal comma where it cannot be anything else.

Prices stay decimal numbers from the text to the sum; no binary fraction ever touches them.
"""

from typing import Final

import polars as pl

from visitjoin.contract.tables import PRICE_PRECISION, PRICE_SCALE

_WHOLE_DIGITS: Final = PRICE_PRECISION - PRICE_SCALE
PRICE: Final = pl.Decimal(PRICE_PRECISION, PRICE_SCALE)

_PLAIN: Final = r"^[0-9]+(?:\.[0-9]+)?$"
_IN_RANGE: Final = rf"^0*[0-9]{{1,{_WHOLE_DIGITS}}}(?:\.[0-9]{{1,{PRICE_SCALE}}}0*)?$"

_MINOR_DIGITS: Final = 2
"""Of kopecks and cents. Currencies without them, such as yen, are not written in minor units."""
_WHOLE: Final = r"^-?[0-9]+(?:\.0+)?$"
_MINOR_IN_RANGE: Final = rf"^0*[0-9]{{1,{_WHOLE_DIGITS + _MINOR_DIGITS}}}(?:\.0+)?$"

_MINUSES: Final = "-\u2212"
"""The hyphen, and the minus sign of typographers."""

# What stands between thousands: a blank, a no-break space, a narrow no-break space, an apostrophe.
_BLANKS: Final = "([0-9])[ \u00a0\u202f'\u2019]([0-9]{3})"
_WRITTEN_WITH: Final = "^[-\u2212+0-9., \u00a0\u202f'\u2019]+$"
_COMMA_IS_THOUSANDS: Final = r"^[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+$|^[0-9]{1,3}(?:,[0-9]{3}){2,}$"
_POINT_IS_THOUSANDS: Final = r"^[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+$|^[0-9]{1,3}(?:\.[0-9]{3}){2,}$"
_COMMA_MAY_BE_EITHER: Final = r"^[0-9]{1,3},[0-9]{3}$"


def plain_number(text: pl.Expr, *, comma_is_decimal: bool) -> pl.Expr:
    """Write a price as digits with at most one point, a minus before them kept.

    text: stripped. comma_is_decimal: whether `1,234` can only be a decimal comma, as it is in a
    table cut by semicolons or tabs; where it can not be told from thousands it is left as it is.

    Returns text; what is not a number comes back in some form that `is_number` refuses.
    """
    sign = pl.when(text.str.contains(rf"^[{_MINUSES}]")).then(pl.lit("-")).otherwise(pl.lit(""))
    number = text.str.replace(rf"^[{_MINUSES}+]", "")
    # Twice: in 1 234 567 the groups of one pass would overlap.
    for _ in range(2):
        number = number.str.replace_all(_BLANKS, "$1$2")
    either = pl.lit(comma_is_decimal) | ~number.str.contains(_COMMA_MAY_BE_EITHER)
    number = (
        pl.when(number.str.contains(_COMMA_IS_THOUSANDS))
        .then(number.str.replace_all(",", "", literal=True))
        .when(number.str.contains(_POINT_IS_THOUSANDS))
        .then(number.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .when(either)
        .then(number.str.replace(",", ".", literal=True))
        .otherwise(number)
    )
    return pl.concat_str(sign, number)


def usual_number(text: pl.Expr, *, comma_is_decimal: bool) -> pl.Expr:
    """`plain_number` of prices without anything between thousands, at a tenth of the cost."""
    return text.str.replace(",", ".", literal=True) if comma_is_decimal else text


def may_be_number(text: pl.Expr) -> pl.Expr:
    """Whether a price out of range has nothing but what numbers are written with."""
    return text.str.contains(_WRITTEN_WITH) & ~text.str.contains(_IN_RANGE)


def is_number(plain: pl.Expr) -> pl.Expr:
    """Whether a plain number is one, a minus allowed."""
    return plain.str.strip_prefix("-").str.contains(_PLAIN)


def is_whole(plain: pl.Expr) -> pl.Expr:
    """Whether a plain number has no fraction, as one of kopecks must; zeros are none."""
    return plain.str.contains(_WHOLE)


def is_in_range(plain: pl.Expr, *, minor_units: bool = False) -> pl.Expr:
    """Whether a plain number is a price: not negative, and not longer than prices are kept.

    minor_units: whether it counts kopecks or cents.
    """
    return plain.str.contains(_MINOR_IN_RANGE if minor_units else _IN_RANGE)


def amount(plain: pl.Expr, *, minor_units: bool = False) -> pl.Expr:
    """A price in range in units of its currency, as text. minor_units: as in `is_in_range`."""
    if not minor_units:
        return plain
    digits = plain.str.replace(r"\.0+$", "").str.zfill(_MINOR_DIGITS + 1)
    return pl.concat_str(
        digits.str.head(-_MINOR_DIGITS), pl.lit("."), digits.str.tail(_MINOR_DIGITS)
    )


def as_price(plain: pl.Expr, *, minor_units: bool = False) -> pl.Expr:
    """The decimal number of a price in range; null of anything else."""
    in_range = is_in_range(plain, minor_units=minor_units)
    priced = pl.when(in_range).then(plain)
    return amount(priced, minor_units=minor_units).cast(PRICE, strict=False)
