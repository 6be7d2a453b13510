"""What a report draws: its outcomes, and its money and rows by target, day and traffic source."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from visitjoin.charts import (
    Box,
    Column,
    Columns,
    Part,
    bar,
    columns,
    levels,
    stacked,
)
from visitjoin.contract.outcomes import NOT_LINKED
from visitjoin.sender.report.lines import currencies_of, currency_name, lines, money
from visitjoin.sender.report.report import DaySums, Fate, Report, Sum, TargetSums, add

MOST_BARS: Final = 12
"""Targets or sources drawn by themselves; the rest is one bar, so that a page stays a page."""


@dataclass(frozen=True)
class Measure:
    """What is drawn of a sum: its money in one currency, or its rows."""

    name: str
    amount: Callable[[Sum], float]
    text: Callable[[Sum], str]


@dataclass(frozen=True)
class BarRow:
    """A line of a table with a bar in it."""

    name: str
    boxes: Sequence[Box]
    linked: str
    whole: str
    rows: str


@dataclass(frozen=True)
class Bars:
    """A table of bars that share one scale."""

    measure: str
    rows: Sequence[BarRow]


@dataclass(frozen=True)
class Outcome:
    """An entry of the bar of outcomes."""

    text: str
    css: str
    rows: int
    share: float


CONVERSIONS: Final = Measure(
    "conversions", lambda total: total.rows, lambda total: f"{total.rows:,}"
)


def outcomes(report: Report) -> tuple[list[Box], list[Outcome]]:
    """The bar of outcomes, those that left this machine first, and its legend."""
    ended = [line for line in lines(report) if line.fate is not None]
    left = [(line.text, line.fate, line.total.rows) for line in ended if line.depth > 1]
    kept = [(line.text, line.fate, line.total.rows) for line in ended if line.depth == 1]
    if not left and (sent := report.fates.get(Fate.UPLOADED)):
        left = _in_numbers(report, sent.rows)
    shades = dict[str, int]()
    found = []
    for text, fate, rows in (*left, *kept):
        css = _css(fate)
        shade = shades[css] = shades.get(css, -1) + 1
        css = f"{css} shade-{shade}" if shade else css
        found.append(Outcome(text, css, rows, rows / max(report.in_export.rows, 1)))
    parts = (Part(f"{one.text}: {one.rows:,} rows", one.css, one.rows) for one in found)
    return stacked(parts), found


def linked_in_numbers(report: Report) -> int | None:
    """How many rows the server says it linked, where it has said so for all of them."""
    quantities = [one.linked_quantity for one in report.uploadings]
    if not quantities or None in quantities:
        return None
    return sum(quantity for quantity in quantities if quantity is not None)


def by_target(report: Report) -> list[Bars]:
    """Revenue by target, one table for each currency; rows where there is no money at all."""
    targets = [one for one in report.by_target if _left(one).rows]
    named = [(one.target, _left(one), _linked(one)) for one in targets]
    named = _shortened(named)
    sums = [left for _, left, _ in named]
    return [_bars(measure, named) for measure in money_or_rows(sums)] if named else []


def by_source(report: Report) -> list[Bars]:
    """Revenue by traffic source of the linked rows, one table for each currency."""
    named = _shortened(
        [
            (one.traffic_source or "(unknown)", total, total)
            for one in report.by_source
            for total in [Sum(one.conversions, one.revenue)]
        ]
    )
    sums = [total for _, total, _ in named]
    return [_bars(measure, named) for measure in money_or_rows(sums)] if named else []


def by_day(report: Report) -> list[tuple[str, Columns]]:
    """Conversions by day, and money by day in each currency."""
    days = _every_day(report.by_day)
    measures = [CONVERSIONS, *_money(day.uploaded for day in days)] if days else []
    return [(measure.name, _columns(measure, days, report)) for measure in measures]


def money_or_rows(sums: Iterable[Sum]) -> list[Measure]:
    """A measure for each currency; rows where there is no money."""
    return _money(sums) or [CONVERSIONS]


def _money(sums: Iterable[Sum]) -> list[Measure]:
    return [_money_in(currency) for currency in currencies_of(sums)]


def _money_in(currency: str) -> Measure:
    return Measure(
        currency_name(currency),
        lambda total: float(total.money.get(currency, 0)),
        lambda total: money(total, currency),
    )


def _in_numbers(report: Report, sent: int) -> list[tuple[str, Fate | None, int]]:
    linked = linked_in_numbers(report)
    if linked is None or linked > sent:
        return [("to be uploaded" if report.preflight else "uploaded", Fate.UPLOADED, sent)]
    return [
        ("linked, says the server in numbers", Fate.LINKED, linked),
        ("not linked, or not yet", Fate.VISITOR_NOT_FOUND, sent - linked),
    ]


def _css(fate: Fate | None) -> str:
    if fate in (Fate.LINKED, Fate.UPLOADED):
        return "linked" if fate is Fate.LINKED else "sent"
    if fate in (Fate.REJECTED, Fate.REFUSED, Fate.REJECTED_AT_UPLOAD):
        return "rejected"
    return "unlinked" if fate in _UNLINKED else "kept"


_UNLINKED: Final = frozenset(Fate(outcome.value) for outcome in NOT_LINKED)


def _left(target: TargetSums) -> Sum:
    return add(total for fate, total in target.fates.items() if fate.was_uploaded)


def _linked(target: TargetSums) -> Sum:
    return target.fates.get(Fate.LINKED, Sum(0, {}))


Named = tuple[str, Sum, Sum]
"""A name, the whole, and what of it was linked."""


def _shortened(named: list[Named]) -> list[Named]:
    if len(named) <= MOST_BARS + 1:
        return named
    rest = named[MOST_BARS:]
    others = (f"{len(rest):,} others", add(one for _, one, _ in rest), add(one for *_, one in rest))
    return [*named[:MOST_BARS], others]


def _bars(measure: Measure, named: list[Named]) -> Bars:
    """The largest first, without those that have nothing of this measure."""
    named = sorted(named, key=lambda one: measure.amount(one[1]), reverse=True)
    largest = measure.amount(named[0][1])
    return Bars(
        measure.name,
        [
            BarRow(
                name,
                bar(_layers(measure, whole, linked), largest),
                measure.text(linked),
                measure.text(whole),
                f"{whole.rows:,}",
            )
            for name, whole, linked in named
            if measure.amount(whole)
        ],
    )


def _layers(measure: Measure, whole: Sum, linked: Sum) -> tuple[Part, ...]:
    found, rest = measure.amount(linked), measure.amount(whole) - measure.amount(linked)
    parts = (
        Part(f"linked: {measure.text(linked)} {measure.name}", "linked", found),
        Part(f"of {measure.text(whole)} {measure.name} uploaded", "rest", max(rest, 0)),
    )
    return tuple(part for part in parts if part.amount)


def _every_day(days: Sequence[DaySums]) -> list[DaySums]:
    """With the days on which nothing happened."""
    if not days:
        return []
    known = {day.day: day for day in days}
    span = (days[-1].day - days[0].day).days + 1
    every = (days[0].day + timedelta(days=number) for number in range(span))
    nothing = Sum(0, {})
    return [known.get(day, DaySums(day, nothing, nothing)) for day in every]


def _columns(measure: Measure, days: Sequence[DaySums], report: Report) -> Columns:
    largest = max(measure.amount(day.uploaded) for day in days)
    name = measure.name if measure is CONVERSIONS else f"revenue in {measure.name}"
    first, last = day_name(days[0].day), day_name(days[-1].day)
    linked = Fate.LINKED in report.fates
    return columns(
        f"{name} by day, {first} to {last}" + (", linked and uploaded" if linked else ""),
        [
            Column(
                day_name(day.day),
                _layers(measure, day.uploaded, day.linked),
                f"{day_name(day.day)}: {measure.text(day.linked) or 0} linked of "
                f"{measure.text(day.uploaded) or 0} {measure.name}",
            )
            for day in days
        ],
        levels(largest),
    )


def day_name(day: date) -> str:
    """A day as it stands under an axis."""
    return f"{day.day} {day:%b}"
