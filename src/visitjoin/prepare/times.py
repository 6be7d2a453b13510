"""Reading moments: Unix seconds, ISO 8601, and local times in a named zone.

A local time is read in the zone that is given and never guessed. A date without a time of day is
refused: which visit came before it could not be told.
"""

from collections.abc import Callable
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from visitjoin.contract.reasons import Reason

_SECONDS: Final = r"^[0-9]{9,10}$"
"""From 1973 to 2286. Shorter numbers are dates such as 20261103, and longer ones not seconds."""
_SECONDS_OF_A_FLOAT: Final = r"^[0-9]{9,10}\.0+$"
_MILLISECONDS: Final = r"^[0-9]{12,13}(?:\.0+)?$"

_ISO: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"
_DOTTED: Final = r"^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4} [0-9]{1,2}:[0-9]{2}"
_OFFSET: Final = r" ?(?:[+-][0-9]{2}:?[0-9]{2}|[Zz])$"
_OF_SECOND: Final = r":[0-9]{2}(?:\.[0-9]+)?"

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


def unix_seconds(text: pl.Series, zone: ZoneInfo | None) -> pl.Series:
    """Read moments. Null where there is none to read; `time_fault` says why.

    text: stripped, null where empty. zone: of local times; None where they cannot be read.

    Returns whole Unix seconds, UTC; fractions of a second are cut off.
    """
    if text.str.contains(_SECONDS).all():
        return text.cast(pl.Int64)
    # Most tables write all their times in one way, so each way is tried on what is left only.
    left = pl.DataFrame({"at": pl.int_range(len(text), eager=True), "text": text}).drop_nulls()
    found = [left.head(0).select("at", seconds=pl.lit(0, pl.Int64))]
    for pattern, read in _ways(zone):
        if left.is_empty():
            break
        matches = left["text"].str.contains(pattern)
        if matches.any():
            now = left.filter(matches)
            found.append(now.select("at", seconds=read(now["text"])))
            left = left.filter(~matches)
    seconds = pl.concat(found)
    return (
        pl.Series([None], dtype=pl.Int64)
        .new_from_index(0, len(text))
        .scatter(seconds["at"], seconds["seconds"])
    )


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


_Reader = Callable[[pl.Series], pl.Series]


def _ways(zone: ZoneInfo | None) -> list[tuple[str, _Reader]]:
    """Each way of writing a moment: a pattern, and what reads the texts that match it."""
    ways: list[tuple[str, _Reader]] = [
        (_SECONDS, lambda text: text.cast(pl.Int64)),
        (_SECONDS_OF_A_FLOAT, lambda text: text.str.split(".").list.first().cast(pl.Int64)),
    ]
    ways += [(pattern, partial(_read_with_offset, format_=way)) for pattern, way in _WITH_OFFSET]
    if zone is not None:
        ways += [(pattern, partial(_read_local, format_=way, zone=zone)) for pattern, way in _LOCAL]
    return ways


def _read_with_offset(text: pl.Series, *, format_: str) -> pl.Series:
    offsets = _one_blank(text).str.replace(" ?([+-][0-9]{2}:?[0-9]{2})$", "$1")
    offsets = offsets.str.replace(" ?[Zz]$", "+00:00")
    return offsets.str.to_datetime(format_, time_zone="UTC", strict=False).dt.epoch("s")


def _read_local(text: pl.Series, *, format_: str, zone: ZoneInfo) -> pl.Series:
    return (
        _one_blank(text)
        .str.to_datetime(format_, strict=False)
        .dt.replace_time_zone(zone.key, ambiguous="null", non_existent="null")
        .dt.epoch("s")
    )


def _one_blank(text: pl.Series) -> pl.Series:
    return text.str.replace("T", " ", literal=True)


def _is_on_the_calendar(text: pl.Expr) -> pl.Expr:
    flat = text.str.replace("T", " ", literal=True)
    return pl.any_horizontal(
        flat.str.to_datetime(way, strict=False).is_not_null() for _, way in _LOCAL
    )
