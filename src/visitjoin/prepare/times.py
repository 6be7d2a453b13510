"""Reading moments: Unix seconds, ISO 8601, and local times in a named zone.

A local time is read in the zone that is given and never guessed. A date without a time of day is
refused: which visit came before it could not be told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from visitjoin.contract.reasons import Reason

_SECONDS: Final = r"^[0-9]{9,10}$"
"""From 1973 to 2286. Shorter numbers are dates such as 20261103, and longer ones not seconds."""
_EARLIEST: Final = 100_000_000
_LATEST: Final = 9_999_999_999
_SECONDS_OF_A_FLOAT: Final = r"^[0-9]{9,10}\.0+$"
_MILLISECONDS: Final = r"^[0-9]{12,13}(?:\.0+)?$"

_ISO: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"
_DOTTED: Final = r"^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4} [0-9]{1,2}:[0-9]{2}"
_OFFSET: Final = r" ?(?:[+-][0-9]{2}:?[0-9]{2}|[Zz])$"
_OF_SECOND: Final = r":[0-9]{2}(?:\.[0-9]+)?"

DATE_ALONE: Final = r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4})$"
"""A date without a time of day."""

_LOCAL: Final = (
    (_ISO + "$", "%Y-%m-%d %H:%M"),
    (_ISO + _OF_SECOND + "$", "%Y-%m-%d %H:%M:%S%.f"),
    (_DOTTED + "$", "%d.%m.%Y %H:%M"),
    (_DOTTED + _OF_SECOND + "$", "%d.%m.%Y %H:%M:%S%.f"),
)
_WITH_OFFSET: Final = (
    (_ISO + _OFFSET, "%Y-%m-%d %H:%M%z"),
    (_ISO + _OF_SECOND + _OFFSET, "%Y-%m-%d %H:%M:%S%.f%z"),
)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way of writing a moment: the texts it covers, and what reads them as Unix seconds."""

    pattern: str
    read: Callable[[pl.Expr], pl.Expr]


@lru_cache(maxsize=16)
def ways_of_writing(zone: ZoneInfo | None) -> tuple[Way, ...]:
    """Every way that can be read. zone: of local times; None where they cannot be."""
    return (
        Way(pattern=_SECONDS, read=_whole_seconds),
        Way(pattern=_SECONDS_OF_A_FLOAT, read=_whole_part),
        *(Way(pattern=p, read=partial(_with_offset, format_=f)) for p, f in _WITH_OFFSET),
        *(
            Way(pattern=p, read=partial(_local, format_=f, zone=zone))
            for p, f in _LOCAL
            if zone is not None
        ),
    )


def written_in(text: pl.Expr, zone: ZoneInfo | None) -> list[pl.Expr]:
    """How many of some texts are written in each of `ways_of_writing`."""
    return [
        text.str.contains(way.pattern).sum().alias(str(number))
        for number, way in enumerate(ways_of_writing(zone))
    ]


def usual_way(numbers: Sequence[int], zone: ZoneInfo | None) -> Way:
    """The way in which most texts are written; most tables use one way throughout.

    numbers: the answers of `written_in`.
    """
    return ways_of_writing(zone)[numbers.index(max(numbers))]


def usual_seconds(text: pl.Expr, way: Way) -> pl.Expr:
    """Read the moments written in one way at half the cost, without looking at the pattern first.

    A text of another way comes out as null, or as a moment before 1973 (03.11.26 is one of the
    year 26), which is made null too: `unix_seconds` decides about both.
    """
    seconds = way.read(text)
    return pl.when((seconds >= _EARLIEST) & ~text.str.starts_with("+")).then(seconds)


def seconds_in(text: pl.Expr, way: Way) -> pl.Expr:
    """Read the moments written in one way, as whole Unix seconds, UTC; null for other texts."""
    return pl.when(text.str.contains(way.pattern)).then(way.read(text))


def unix_seconds(text: pl.Expr, zone: ZoneInfo | None) -> pl.Expr:
    """Read moments written in any way. Null where there is none to read; `time_fault` says why.

    text: stripped, null where empty. zone: of local times; None where they cannot be read.

    Returns whole Unix seconds, UTC; fractions of a second are cut off.
    """
    return pl.coalesce(seconds_in(text, way) for way in ways_of_writing(zone))


def time_fault(text: pl.Expr, zone: ZoneInfo | None) -> pl.Expr:
    """The reason for which `unix_seconds` read nothing, as text."""
    local = pl.any_horizontal(text.str.contains(pattern) for pattern, _ in _LOCAL)
    in_a_zone = Reason.DATE_TIME_WITHOUT_ZONE if zone is None else Reason.DATE_TIME_AMBIGUOUS
    return (
        pl.when(text.is_null())
        .then(pl.lit(Reason.DATE_TIME_MISSING.value))
        .when(text.str.contains(_MILLISECONDS))
        .then(pl.lit(Reason.DATE_TIME_IN_MILLISECONDS.value))
        .when(local & _is_on_the_calendar(text))
        .then(pl.lit(in_a_zone.value))
        .otherwise(pl.lit(Reason.DATE_TIME_NOT_A_TIME.value))
    )


def _whole_seconds(text: pl.Expr) -> pl.Expr:
    seconds = text.cast(pl.Int64, strict=False)
    return pl.when(seconds <= _LATEST).then(seconds)


def _whole_part(text: pl.Expr) -> pl.Expr:
    return text.str.extract(r"^([0-9]{9,10})\.0+$").cast(pl.Int64, strict=False)


def _with_offset(text: pl.Expr, *, format_: str) -> pl.Expr:
    written = _one_blank(text).str.replace(" ?([+-][0-9]{2}:?[0-9]{2})$", "$1")
    written = written.str.replace(" ?[Zz]$", "+00:00")
    return written.str.to_datetime(format_, time_zone="UTC", strict=False).dt.epoch("s")


def _local(text: pl.Expr, *, format_: str, zone: ZoneInfo) -> pl.Expr:
    written = text if format_.startswith("%d") else _one_blank(text)
    return (
        written.str.to_datetime(format_, strict=False)
        .dt.replace_time_zone(zone.key, ambiguous="null", non_existent="null")
        .dt.epoch("s")
    )


def _one_blank(text: pl.Expr) -> pl.Expr:
    return text.str.replace("T", " ", literal=True)


def _is_on_the_calendar(text: pl.Expr) -> pl.Expr:
    flat = _one_blank(text)
    return pl.any_horizontal(
        flat.str.to_datetime(way, strict=False).is_not_null() for _, way in _LOCAL
    )
