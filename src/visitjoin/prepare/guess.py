"""What each column of a table is probably for, and why: the ground of what `init` writes.

Bolder than what is understood without a mapping, for its answer is read and edited by a person.
Where the names alone would be understood, it says the same.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as ReadOnlyDict
from dataclasses import dataclass
from typing import Final

from visitjoin.contract.columns import IDENTIFIER_COLUMNS, Column, column_named
from visitjoin.contract.errors import SourceError
from visitjoin.prepare.aliases import column_meant_by
from visitjoin.prepare.mapping import Mapping
from visitjoin.prepare.plan import plan_columns
from visitjoin.prepare.survey import BIRTH, Kind, Seen, Survey

_BOLD: Final = {
    Column.CLIENT_ID: r"(ym|метрик|metri[ck]a|яндекс|yandex).*(uid|client)|client.?id|^_?ym_?uid",
    Column.YCLID: r"yclid",
    Column.PURCHASE_ID: r"номер заказа|№ ?заказа|заказ.*номер|order.?(id|no|number)",
    Column.DATE_TIME: r"дата|время|date|time|paid|closed|created|оплач|закрыт|создан",
    Column.PRICE: r"сумма|бюджет|цена|выручк|стоимост"
    r"|amount|price|revenue|total|opportunity|budget",
    Column.CURRENCY: r"валют|currency",
}
_KINDS: Final = {
    Column.CLIENT_ID: (Kind.IDENTIFIER, Kind.EMPTY),
    Column.YCLID: (Kind.IDENTIFIER, Kind.EMPTY),
    Column.DATE_TIME: (Kind.MOMENT, Kind.DATE),
    Column.PRICE: (Kind.NUMBER,),
    Column.CURRENCY: (Kind.FEW_VALUES,),
}
"""What the cells must be for a bold guess."""

_MOMENTS: Final = (
    r"опла[тч]|paid|payment",
    r"закры|заверш|closed|won",
    r"продаж|покупк|order|sale|purchase",
    r"созда|created",
)
"""Of several times the one nearest to the money comes first."""

_KEY: Final = re.compile(
    r"^(id|ид|№|no\.?|number|номер|key|deal|lead|order|заказ|сделка)$"
    r"|(deal|lead|order|сделк|лид|заказ|документ).{0,2} ?(id|ид|no|number|№|номер)"
    r"|(id|ид|№|номер).{0,3} ?(deal|lead|order|сделк|лид|заказ|документ)",
    re.IGNORECASE,
)


_IDENTIFIERS: Final = frozenset({*IDENTIFIER_COLUMNS, "key", f"{Column.PURCHASE_ID}, key"})


@dataclass(frozen=True, kw_only=True)
class Use:
    """What a column was taken for, and why."""

    seen: Seen
    purpose: str
    """A column of the API, `key`, `stage`, or `-` where it is not used."""
    why: str

    @property
    def shown(self) -> str:
        """What the column holds; of identifiers and keys the form alone."""
        return self.seen.shown(form_alone=self.purpose in _IDENTIFIERS)


@dataclass(frozen=True, kw_only=True)
class Uses:
    """What the columns of a table were taken for."""

    all: tuple[Use, ...]
    """In the order of the table."""
    columns: ReadOnlyDict[Column, Seen]
    key: Seen | None
    """What tells one conversion from another, where a column surely does."""
    stage: Seen | None
    """What may say how far a deal has come."""

    def of(self, column: Column) -> Seen | None:
        """What was taken for a column of the API."""
        return self.columns.get(column)


def uses_of(survey: Survey) -> Uses:
    """Take each column of a table for what it most probably is."""
    found = dict(_columns(survey))
    columns = {column: seen for column, (seen, _) in found.items()}
    taken = {seen.place: (column, why) for column, (seen, why) in found.items()}
    free = [seen for seen in survey.columns if seen.place not in taken]
    key = _key(free) or _key([columns[c] for c in (Column.PURCHASE_ID,) if c in columns])
    stage = next((s for s in free if s.may_be_stage and survey.values[s.place]), None)

    def use(seen: Seen) -> Use:
        purpose, why = taken.get(seen.place, ("-", _not_used(seen)))
        twins = [column for column, other in columns.items() if other.header == seen.header]
        if purpose == "-" and twins:
            return Use(seen=seen, purpose=twins[0], why="the same name; counts where that is empty")
        if seen is key:
            purpose = "key" if purpose == "-" else f"{purpose}, key"
            why = "its name; filled in every row and never twice"
        elif seen is stage:
            purpose, why = "stage", "its name and its few values"
        return Use(seen=seen, purpose=purpose, why=why)

    return Uses(all=tuple(map(use, survey.columns)), columns=columns, key=key, stage=stage)


def _not_used(seen: Seen) -> str:
    column = _meaning(seen)
    return f"could be {column} as well" if column else ""


def _columns(survey: Survey) -> Iterator[tuple[Column, tuple[Seen, str]]]:
    understood = _is_understood(survey)
    for column in Column:
        for rule, why in _rules(column, understood=understood):
            found = [seen for seen in survey.columns if rule(seen, column)]
            if found:
                yield column, (min(found, key=_distance_to_money), why)
                break


Rule = Callable[[Seen, Column], bool]


def _rules(column: Column, *, understood: bool) -> Iterator[tuple[Rule, str]]:
    """From the surest to the boldest. understood: whether the names alone would do."""
    yield _is_named, "the API's own name"
    if column is Column.DATE_TIME and not understood:
        # Of all times the one nearest to the money, whatever its name: deals are closed and paid
        # long after they are created.
        yield lambda s, c: _is_meant(s, c) or _may_be(s, c), "its name"
    yield _is_meant, "an obvious other name"
    yield _may_be, "its name and its values"


def _is_understood(survey: Survey) -> bool:
    try:
        plan_columns([seen.header for seen in survey.columns], Mapping(), survey.path)
    except SourceError:
        return False
    return True


def _is_named(seen: Seen, column: Column) -> bool:
    return column_named(seen.header) is column


def _is_meant(seen: Seen, column: Column) -> bool:
    return column_meant_by(seen.header) is column


def _may_be(seen: Seen, column: Column) -> bool:
    if column not in _BOLD or re.search(_BOLD[column], seen.header, re.IGNORECASE) is None:
        return False
    if BIRTH.search(seen.header):
        return False
    # A column whose name is understood already is not taken for something else.
    if (column_named(seen.header) or column_meant_by(seen.header)) not in (None, column):
        return False
    return column not in _KINDS or seen.kind in _KINDS[column]


def _meaning(seen: Seen) -> Column | None:
    return (
        column_named(seen.header)
        or column_meant_by(seen.header)
        or next((column for column in Column if _may_be(seen, column)), None)
    )


def _distance_to_money(seen: Seen) -> tuple[bool, int, int]:
    rank = next(
        (n for n, pattern in enumerate(_MOMENTS) if re.search(pattern, seen.header, re.IGNORECASE)),
        len(_MOMENTS),
    )
    return (seen.kind is Kind.EMPTY, rank, seen.place)


def _key(candidates: Iterable[Seen]) -> Seen | None:
    sure = (seen for seen in candidates if seen.is_filled and seen.is_unique)
    return next((seen for seen in sure if _KEY.search(seen.header)), None)
