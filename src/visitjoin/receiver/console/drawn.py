"""What do the pages draw? Geometry from `visitjoin.charts`, words from the reader's language."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final

from visitjoin.charts import Box, Column, Columns, Mark, Part, bar, columns, levels, stacked
from visitjoin.contract.goals import Goal, targets_of
from visitjoin.contract.outcomes import Outcome
from visitjoin.receiver.console.languages import DASH, Language
from visitjoin.receiver.console.named import OUTCOMES, SOURCES
from visitjoin.receiver.lake.results import Result

MOST_BARS: Final = 12
"""Sources or goals drawn by themselves; the rest is one bar, so that a page stays a page."""

MOST_COLUMNS: Final = 100
"""Days drawn one by one; of more, a column is a week."""

_LAGS: Final = ((0, 0), (1, 1), (2, 3), (4, 7), (8, 14), (15, 21), (22, None))
"""Days between visit and conversion that are told together: from, to. A visit links for 21."""


@dataclass(frozen=True)
class Line:
    """A line of a table: its name, a bar, and what stands beside it."""

    name: str
    boxes: Sequence[Box]
    conversions: str
    money: Sequence[str]


@dataclass(frozen=True)
class Figure:
    """A drawing over time, and its table: heads, and lines as they are shown."""

    title: str
    chart: Columns
    heads: Sequence[str]
    table: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Ended:
    """An entry of the bar of outcomes."""

    outcome: Outcome
    name: str
    meaning: str
    css: str
    rows: str
    share: str


@dataclass(frozen=True)
class Sum:
    """Conversions and their money by currency, that of the most conversions first."""

    conversions: int
    money: Mapping[str, Decimal]


def add(results: Iterable[Result]) -> Sum:
    """All of some results that answer one question."""
    money: dict[str, Decimal] = {}
    counted = Counter[str]()
    for one in results:
        counted[one.currency] += one.conversions
        if one.revenue or one.currency:
            money[one.currency] = money.get(one.currency, Decimal(0)) + one.revenue
    # The currency that a shop sells in before those that came in by the way.
    order = sorted(money, key=lambda name: (name == "", -counted[name], name))
    return Sum(counted.total(), {currency: money[currency] for currency in order})


def outcomes(lang: Language, counts: Mapping[Outcome, int]) -> tuple[list[Box], list[Ended]]:
    """The bar of an uploading's outcomes, and what stands under it."""
    whole = sum(counts.values())
    found = [(outcome, named, counts.get(outcome, 0)) for outcome, named in OUTCOMES.items()]
    found = [(outcome, named, rows) for outcome, named, rows in found if rows]
    boxes = stacked(
        Part(f"{lang.say(named.name)}: {lang.number(rows)}", named.css, rows)
        for _, named, rows in found
    )
    entries = [
        Ended(
            outcome,
            lang.say(named.name),
            lang.say(named.meaning),
            named.css,
            lang.number(rows),
            lang.share(rows, whole),
        )
        for outcome, named, rows in found
    ]
    return boxes, entries


def by_source(lang: Language, results: Sequence[Result]) -> list[Line]:
    """Conversions and money by traffic source, the most conversions first."""
    return _lines(lang, results, "source", lambda name: source_name(lang, name))


def by_goal(lang: Language, results: Sequence[Result], goals: Sequence[Goal]) -> list[Line]:
    """Conversions and money by goal. goals: deleted ones as well."""
    known = targets_of(goals)
    return _lines(lang, results, "target", lambda name: known[name].name if name in known else name)


def by_lag(lang: Language, results: Sequence[Result]) -> list[Line]:
    """Conversions by the days between visit and conversion."""
    waited = [(int(one.name), one.conversions) for one in results if one.by == "lag"]
    sums = [
        (
            first,
            last,
            sum(n for days, n in waited if first <= days and (last is None or days <= last)),
        )
        for first, last in _LAGS
    ]
    whole = sum(number for *_, number in sums)
    largest = max((number for *_, number in sums), default=0)
    return [
        Line(
            _lag_name(lang, first, last),
            bar([Part(lang.number(number), "linked", number)], largest) if number else [],
            lang.number(number),
            [lang.share(number, whole)],
        )
        for first, last, number in sums
    ]


def source_name(lang: Language, source: str) -> str:
    """What people call a traffic source."""
    return lang.say(SOURCES[source]) if source in SOURCES else source


def conversions_by_day(lang: Language, results: Sequence[Result], days: Sequence[date]) -> Figure:
    """Joined conversions by day or week."""
    counted = _by_day(results)
    steps = _steps(days)
    numbers = [sum(counted[day].conversions for day in step if day in counted) for step in steps]
    shown = [lang.number(number) for number in numbers]
    title = (
        lang.say("Joined conversions by day")
        if _is_daily(days)
        else lang.say("Joined conversions by week")
    )
    return _figure(lang, title, steps, [float(number) for number in numbers], shown, css="linked")


def money_by_day(lang: Language, results: Sequence[Result], days: Sequence[date]) -> list[Figure]:
    """Revenue by day or week, a drawing for each currency."""
    counted = _by_day(results)
    steps = _steps(days)
    found = []
    for currency in add(one for one in results if one.by == "day").money:
        amounts = [
            sum(
                (counted[day].money.get(currency, Decimal(0)) for day in step if day in counted),
                Decimal(0),
            )
            for step in steps
        ]
        shown = [lang.money(amount, currency) for amount in amounts]
        if not any(amounts):
            continue
        name = currency or lang.say("no currency")
        title = (
            lang.say("Revenue by day, %(currency)s", currency=name)
            if _is_daily(days)
            else lang.say("Revenue by week, %(currency)s", currency=name)
        )
        found.append(
            _figure(lang, title, steps, [float(one) for one in amounts], shown, css="sent")
        )
    return found


def share_by_day(
    lang: Language, linked: Mapping[date, tuple[int, int]], days: Sequence[date]
) -> Figure:
    """The share joined by the day or week of the uploading. linked: rows joined, and all rows."""
    steps = _steps(days)
    pairs = [
        (
            sum(linked[day][0] for day in step if day in linked),
            sum(linked[day][1] for day in step if day in linked),
        )
        for step in steps
    ]
    title = lang.say("Share of the uploaded rows that was joined")
    marks = [Mark(part, lang.share(part, 1)) for part in (0, 0.5, 1)]
    shown = [
        f"{lang.share(part, whole)} ({lang.number(part)} / {lang.number(whole)})" if whole else DASH
        for part, whole in pairs
    ]
    shares = [part / whole if whole else 0.0 for part, whole in pairs]
    bands = ["open" if whole else "" for _, whole in pairs]
    return _figure(lang, title, steps, shares, shown, css="linked", marks=marks, bands=bands)


def _figure(
    lang: Language,
    title: str,
    steps: Sequence[Sequence[date]],
    amounts: Sequence[float],
    shown: Sequence[str],
    *,
    css: str,
    marks: Sequence[Mark] | None = None,
    bands: Sequence[str] | None = None,
) -> Figure:
    names = [_step_name(lang, step) for step in steps]
    cells = [
        Column(
            lang.short_day(step[0]) if len(step) == 1 else lang.month(step[0]),
            (Part(text, css, amount),) if amount else (),
            f"{name}: {text}",
            band,
        )
        for step, name, amount, text, band in zip(
            steps, names, amounts, shown, bands or [""] * len(steps), strict=True
        )
    ]
    marks = marks or _levels(lang, max(amounts, default=0))
    label = f"{title}, {lang.day(steps[0][0])} {DASH} {lang.day(steps[-1][-1])}"
    heads = [lang.say("Day") if len(steps[0]) == 1 else lang.say("Week"), title]
    # The newest first, and only what there is: the nothing between is seen in the drawing.
    table = [
        (name, text)
        for name, amount, text, cell in reversed(
            list(zip(names, amounts, shown, cells, strict=True))
        )
        if amount or cell.band
    ]
    return Figure(title, columns(label, cells, marks), heads, table)


def _levels(lang: Language, largest: float) -> list[Mark]:
    return [Mark(mark.at, lang.short(mark.at)) for mark in levels(largest)]


def _by_day(results: Sequence[Result]) -> dict[date, Sum]:
    of_days = sorted((one for one in results if one.by == "day"), key=lambda one: one.name)
    return {
        date.fromisoformat(name): add(alike)
        for name, alike in groupby(of_days, key=lambda one: one.name)
    }


def _is_daily(days: Sequence[date]) -> bool:
    return len(days) <= MOST_COLUMNS


def _steps(days: Sequence[date]) -> list[Sequence[date]]:
    """The days of each column. The last week ends today, so the first one may be shorter."""
    if _is_daily(days):
        return [(day,) for day in days]
    rest = len(days) % 7
    cuts = [0, *range(rest or 7, len(days) + 1, 7)]
    return [days[start:end] for start, end in pairwise(cuts)]


def _step_name(lang: Language, step: Sequence[date]) -> str:
    if len(step) == 1:
        return lang.day(step[0])
    return f"{lang.short_day(step[0])} {DASH} {lang.day(step[-1])}"


def _lag_name(lang: Language, first: int, last: int | None) -> str:
    if first == 0:
        return lang.say("less than a day")
    if last is None:
        return lang.say_of("%(number)s day or more", "%(number)s days or more", first)
    if first == last:
        return lang.say_of("%(number)s day", "%(number)s days", first)
    return lang.say_of(
        "%(first)s to %(number)s day", "%(first)s to %(number)s days", last, first=first
    )


def _lines(
    lang: Language, results: Sequence[Result], by: str, named: Callable[[str], str]
) -> list[Line]:
    asked = sorted((one for one in results if one.by == by), key=lambda one: one.name)
    sums = [(name, add(alike)) for name, alike in groupby(asked, key=lambda one: one.name)]
    # Two names of the world may be one of people: an unknown source is "" or "undefined".
    together: dict[str, list[Sum]] = {}
    for name, one in sums:
        together.setdefault(named(name), []).append(one)
    joined = [(name, _joined(ones)) for name, ones in together.items()]
    joined.sort(key=lambda pair: (-pair[1].conversions, pair[0]))
    if len(joined) > MOST_BARS + 1:
        rest = joined[MOST_BARS:]
        others = lang.say_of("%(number)s other", "%(number)s others", len(rest))
        joined = [*joined[:MOST_BARS], (others, _joined([one for _, one in rest]))]
    largest = max((one.conversions for _, one in joined), default=0)
    order = add(asked).money
    return [
        Line(
            name,
            bar(
                [Part(f"{name}: {lang.number(one.conversions)}", "linked", one.conversions)],
                largest,
            ),
            lang.number(one.conversions),
            [
                lang.money(one.money[currency], currency)
                for currency in order
                if currency in one.money
            ],
        )
        for name, one in joined
    ]


def _joined(sums: Sequence[Sum]) -> Sum:
    money: dict[str, Decimal] = {}
    for one in sums:
        for currency, amount in one.money.items():
            money[currency] = money.get(currency, Decimal(0)) + amount
    return Sum(sum(one.conversions for one in sums), money)
