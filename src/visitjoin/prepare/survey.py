"""What the columns of a table hold, seen from its beginning, with nothing personal in it.

`init` tells a newcomer with this what each column was taken for, and why.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import polars as pl

from visitjoin.contract.errors import SourceError
from visitjoin.disk.scratch import scratch
from visitjoin.prepare.plan import is_personal
from visitjoin.prepare.sources import Table, made_even, open_table
from visitjoin.prepare.times import DATE_ALONE, ways_of_writing
from visitjoin.prepare.zones import zone_named

_ROWS: Final = 10_000
"""From the beginning: enough to see what a column holds."""
_MOST: Final = 0.9
"""The share of the filled cells that must be of a kind: exports have a few odd ones."""
_SAMPLES: Final = 3
FEW: Final = 30
"""How many different values a stage or status has at most: more is no list to fill in by hand."""
_LONGEST: Final = 40

_TELEPHONE: Final = 7
"""Digits of the shortest telephone number."""
_FORMS: Final = 100
"""Cells that are looked at for their forms."""
_NOT_PERSONAL: Final = re.compile(
    r"воронк|funnel|pipeline|тип|type|катег|categ|источник|source|utm|medium|тег|tag"
    r"|валют|currency|цель|goal|target|event|событи|стади|этап|статус|состояни|провед[её]н"
    r"|stage|status|state\b|пометк",
    re.IGNORECASE,
)
"""Columns whose few values are surely no names of people. Those of others are not shown."""
_STAGE: Final = re.compile(
    r"стади|этап|статус|состояни|провед[её]н|stage|status|state\b", re.IGNORECASE
)
_CURRENCY: Final = re.compile(r"валют|currency", re.IGNORECASE)
BIRTH: Final = re.compile(r"рожд|birth", re.IGNORECASE)
_ANY_ZONE: Final = zone_named("UTC")
"""To see whether a text is a local time; which moment it is does not matter here."""


class Kind(StrEnum):
    """What most of a column's filled cells are."""

    EMPTY = "every cell is empty"
    MOMENT = "times"
    DATE = "dates without a time of day"
    NUMBER = "numbers"
    IDENTIFIER = "numbers of 17 to 20 digits"
    FEW_VALUES = "few different values"
    TEXT = "text"


_PATTERNS: Final = {
    Kind.IDENTIFIER: r"^[0-9]{17,20}$",
    Kind.MOMENT: "|".join(way.pattern for way in ways_of_writing(_ANY_ZONE)),
    Kind.DATE: DATE_ALONE,
    Kind.NUMBER: "^[-\u2212+]?[0-9][0-9., \u00a0\u202f'\u2019]*$",
}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen of a column."""

    place: int
    """Its number, from 0."""
    header: str
    kind: Kind
    is_filled: bool
    """Whether no cell of the table is empty, blank rows aside."""
    is_unique: bool
    """Whether no value that was seen comes twice."""
    samples: tuple[str, ...]
    """Up to three values; none of columns that are or may be a person's."""
    forms: tuple[str, ...]
    """How its values are written: every letter an `a`, every digit a 9."""
    is_local: bool = False
    """Of times: whether they carry no zone."""

    def shown(self, *, form_alone: bool = False) -> str:
        """What it holds, with up to three values; form_alone: with their forms instead."""
        if self.kind in (Kind.EMPTY, Kind.IDENTIFIER):
            return self.kind.value
        shown = self.forms if form_alone else self.samples
        if not shown:
            return f"{self.kind}, not shown here"
        such_as = "written as " if form_alone else "such as "
        return such_as + ", ".join(f'"{value}"' for value in shown)

    @property
    def may_be_stage(self) -> bool:
        """Whether the column may say how far a deal has come."""
        return self.kind is Kind.FEW_VALUES and _STAGE.search(self.header) is not None

    @property
    def may_be_currency(self) -> bool:
        """Whether the column may name currencies."""
        return self.kind is Kind.FEW_VALUES and _CURRENCY.search(self.header) is not None


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What was seen of a table."""

    path: Path
    columns: tuple[Seen, ...]
    values: dict[int, tuple[tuple[str, int], ...]]
    """Of each column that may be a stage or a currency, each value and its rows, most first."""


def survey(path: Path) -> Survey:
    """Look at a table. Raises SourceError where it cannot be read or has no header."""
    with open_table(path) as opened, scratch() as folder:
        if any(map(is_personal, opened.headers)):
            raise SourceError(
                "The first line looks like a row and not like a header. Write the column names "
                "there.",
                path=path,
                line=1,
            )
        try:
            return _surveyed(opened)
        except pl.exceptions.ComputeError:
            # The fast reader refuses a table whose rows are uneven.
            return _surveyed(made_even(opened, folder))


def _surveyed(table: Table) -> Survey:
    rows = _head(table)
    if rows.is_empty():
        raise SourceError("There are no rows under the header.", path=table.path)
    filled = _filled_columns(table)
    columns = tuple(
        _seen(place, header, rows[f"c{place}"], is_filled=place in filled)
        for place, header in enumerate(table.headers)
    )
    listed = [seen.place for seen in columns if seen.may_be_stage or seen.may_be_currency]
    values = {place: _values(table, place) for place in listed}
    return Survey(path=table.path, columns=columns, values=values)


def _head(table: Table) -> pl.DataFrame:
    names = [f"c{n}" for n in range(len(table.headers))]
    texts = table.frame.select(_text(pl.col(name)).alias(name) for name in names)
    rows = texts.head(_ROWS).collect(engine="streaming")
    return rows.filter(pl.any_horizontal(pl.all().is_not_null()))


def _filled_columns(table: Table) -> frozenset[int]:
    """The columns without an empty cell in the whole table, blank rows aside."""
    places = range(len(table.headers))
    texts = table.frame.select(_text(pl.col(f"c{n}")).alias(f"c{n}") for n in places)
    rows = texts.filter(pl.any_horizontal(pl.all().is_not_null()))
    empty = rows.select(pl.all().null_count()).collect(engine="streaming")
    return frozenset(place for place in places if empty[f"c{place}"].item() == 0)


def _values(table: Table, place: int) -> tuple[tuple[str, int], ...]:
    """Each value of a column and its rows, the most first; none where they are too many."""
    text = _text(pl.col(f"c{place}")).alias("value")
    counted = table.frame.select(text).drop_nulls().group_by("value").len()
    rows = counted.sort(["len", "value"], descending=[True, False]).collect(engine="streaming")
    return tuple(rows.iter_rows()) if rows.height <= FEW else ()


def _seen(place: int, header: str, cells: pl.Series, *, is_filled: bool) -> Seen:
    header = header.strip("\ufeff \t\r\n")
    filled = cells.drop_nulls()
    kind = _kind(filled)
    return Seen(
        place=place,
        header=header,
        kind=kind,
        is_filled=is_filled,
        is_unique=filled.n_unique() == filled.len(),
        samples=_samples(header, kind, filled),
        forms=_forms(filled),
        is_local=kind is Kind.MOMENT and not _mostly(filled, _with_zone()),
    )


def _kind(filled: pl.Series) -> Kind:
    if filled.is_empty():
        return Kind.EMPTY
    if kind := next((kind for kind, found in _PATTERNS.items() if _mostly(filled, found)), None):
        return kind
    # A value that comes once in most rows is no stage, however few rows there are.
    few = filled.n_unique() <= min(FEW, max(2, filled.len() // 2))
    return Kind.FEW_VALUES if few else Kind.TEXT


def _mostly(filled: pl.Series, pattern: str) -> bool:
    """Whether most cells are of a kind; one repeated other text, as "not closed", is as empty."""
    fits = filled.str.contains(pattern)
    others = filled.filter(~fits).value_counts(sort=True, name="rows")
    placeholders = others["rows"][0] if others.height else 0
    number = int(fits.sum())
    return number > 0 and number >= _MOST * (filled.len() - placeholders)


def _with_zone() -> str:
    return "|".join(way.pattern for way in ways_of_writing(None))


def _samples(header: str, kind: Kind, filled: pl.Series) -> tuple[str, ...]:
    """Values to recognise a column by: only those of its kind, and never a person's."""
    if kind in (Kind.EMPTY, Kind.TEXT, Kind.IDENTIFIER) or BIRTH.search(header):
        return ()
    if kind is Kind.FEW_VALUES and _NOT_PERSONAL.search(header) is None:
        return ()
    if kind is not Kind.FEW_VALUES:
        filled = filled.filter(filled.str.contains(_PATTERNS[kind]))
    if kind is Kind.NUMBER:
        filled = filled.filter(filled.map_elements(_is_no_number_of_a_person, pl.Boolean))
    few: Sequence[str] = filled.unique(maintain_order=True).head(_SAMPLES).to_list()
    return tuple(_short(value) for value in few)


def _is_no_number_of_a_person(value: str) -> bool:
    """Whether a number is too short for a telephone, or a price beyond doubt."""
    digits = sum(character.isdigit() for character in value)
    is_price = re.fullmatch(r"[0-9 \u00a0\u202f]{1,12}[.,][0-9]{1,2}", value) is not None
    return digits < _TELEPHONE or is_price


def _forms(filled: pl.Series) -> tuple[str, ...]:
    """How values are written, every letter an `a` and every digit a 9."""
    few: Sequence[str] = filled.head(_FORMS).to_list()
    forms = (re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value)) for value in few)
    return tuple(_short(form) for form in list(dict.fromkeys(forms))[:_SAMPLES])


def _short(value: str) -> str:
    value = " ".join(value.split())
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"


def _text(cell: pl.Expr) -> pl.Expr:
    text = cell.str.strip_chars()
    return pl.when(text.str.len_bytes() > 0).then(text)
