"""What fell: the share linked, or the rows that carry a kind of identifier; and what is stuck.

A day is compared with the median of up to 14 days before it. Days that fell are not among those
that later days are compared with, so a fall is told every day until it ends. Open days are not
judged, nor those with too few rows to say anything.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from math import sqrt
from statistics import median
from typing import Final

from msgspec import Struct

from visitjoin.sender.ledger.health import PATIENCE, Basis, Day, Health, Part

AT_LEAST: Final = 30
"""Rows of a day that is judged. By chance alone a day of 30 has fewer than half of them once in a
thousand days (Poisson)."""

HABIT: Final = 14
"""Days that a day is compared with: two weeks hold each weekday twice."""

FEWEST_DAYS: Final = 3
"""Days before, under which there is nothing to compare with."""

FALLEN_SHARE: Final = 0.75
"""A share fell where it is under three quarters of its median, ..."""

DEVIATIONS: Final = 3
"""... and by more than three standard deviations of a day of as many rows."""

FALLEN_ROWS: Final = 0.5
"""Rows of a kind fell where they are under half of their median and of the same weekday before."""


class Watched(StrEnum):
    """What an alert is about."""

    FLOOR = "floor"
    SHARE = "share"
    ROWS = "rows"
    STUCK = "stuck"


class By(StrEnum):
    """What a part of the rows is."""

    KIND = "kind"
    TARGET = "target"


class Alert(Struct, frozen=True, kw_only=True):
    """Something fell and has not risen again, or is stuck."""

    watched: Watched
    by: By | None
    part: str | None
    """Which kind of identifier, or which target; both None for all rows."""
    days: tuple[date, ...]
    """The days that fell, up to the newest that could be judged; none where something is stuck."""
    seen: float
    """On the newest of them: a share from 0 to 1, or rows; where something is stuck, its rows."""
    usual: float | None
    """The median of the days before; None where there is none to compare with."""
    lowest: float
    """What it should not have fallen below."""
    sentence: str


def alerts(
    health: Health, *, floor: float | None = None, at_least: int = AT_LEAST
) -> tuple[Alert, ...]:
    """What is below a floor or fell against the days before, the whole first.

    floor: share of all rows, from 0 to 1. at_least: rows of a day that is judged.
    """
    found = [None if floor is None else _below(health.days, floor, at_least)]
    found.append(_share(None, None, health.days, at_least))
    found += [_rows(kind, at_least) for kind in health.by_kind]
    if health.basis is Basis.ROW:
        found += [_share(By.KIND, kind.name, kind.days, at_least) for kind in health.by_kind]
        found += [_share(By.TARGET, one.name, one.days, at_least) for one in health.by_target]
    found.append(_stuck(health))
    return tuple(alert for alert in found if alert is not None)


def fallen_days(
    alerts: Iterable[Alert], watched: Watched, by: By | None = None, part: str | None = None
) -> frozenset[date]:
    """The days that some alerts are about: of one measure, and of one part or all rows."""
    return frozenset(
        day
        for alert in alerts
        if (alert.watched, alert.by, alert.part) == (watched, by, part)
        for day in alert.days
    )


def judged(days: Iterable[Day], at_least: int = AT_LEAST) -> list[Day]:
    """The days whose share says something."""
    return [day for day in days if not day.is_open and day.tally.answered >= at_least]


class _Verdict(Struct, frozen=True):
    day: Day
    seen: float
    usual: float
    lowest: float
    before: int
    """How many days the median is of."""

    @property
    def fell(self) -> bool:
        return self.seen < self.lowest


_Judge = Callable[[Day, Sequence[Day]], _Verdict | None]


def _lasting_fall(days: Iterable[Day], judge: _Judge) -> list[_Verdict]:
    """The days that fell, without one between them that did not, up to the newest."""
    before: list[Day] = []
    fallen: list[_Verdict] = []
    for day in days:
        verdict = judge(day, before)
        if verdict is not None and verdict.fell:
            fallen.append(verdict)
            continue
        if verdict is not None:
            fallen.clear()
        before.append(day)
    return fallen


def _below(days: Sequence[Day], floor: float, at_least: int) -> Alert | None:
    said = judged(days, at_least)
    if not said or (share := said[-1].tally.share or 0.0) >= floor:
        return None
    newest = said[-1]
    return Alert(
        watched=Watched.FLOOR,
        by=None,
        part=None,
        days=(newest.day,),
        seen=share,
        usual=None,
        lowest=floor,
        sentence=(
            f"The share linked is below {floor:.1%}: {share:.1%} of {newest.tally.answered:,} rows "
            f"on {_named(newest.day)}."
        ),
    )


def _share(by: By | None, part: str | None, days: Sequence[Day], at_least: int) -> Alert | None:
    fallen = _lasting_fall(judged(days, at_least), _judge_share)
    if not fallen:
        return None
    newest = fallen[-1]
    of = {None: "", By.KIND: f" of {part}", By.TARGET: f' of Target "{part}"'}[by]
    return Alert(
        watched=Watched.SHARE,
        by=by,
        part=part,
        days=tuple(verdict.day.day for verdict in fallen),
        seen=newest.seen,
        usual=newest.usual,
        lowest=newest.lowest,
        sentence=(
            f"The share linked{of} fell on {_named(fallen[0].day.day)}: {newest.seen:.1%} of "
            f"{newest.day.tally.answered:,} rows{_lately(fallen)}; the median of the "
            f"{newest.before} days before is {newest.usual:.1%}, a fall is below "
            f"{newest.lowest:.1%}."
        ),
    )


def _judge_share(day: Day, before: Sequence[Day]) -> _Verdict | None:
    if len(before) < FEWEST_DAYS:
        return None
    shares = [one.tally.first_share or 0.0 for one in before[-HABIT:]]
    usual = median(shares)
    chance = sqrt(usual * (1 - usual) / day.tally.answered)
    lowest = min(FALLEN_SHARE * usual, usual - DEVIATIONS * chance)
    return _Verdict(day, day.tally.first_share or 0.0, usual, lowest, len(shares))


def _rows(kind: Part, at_least: int) -> Alert | None:
    closed = (day for day in kind.days if not day.is_open)
    fallen = _lasting_fall(closed, lambda day, before: _judge_rows(day, before, at_least))
    if not fallen:
        return None
    newest = fallen[-1]
    rows = newest.day.tally.rows
    return Alert(
        watched=Watched.ROWS,
        by=By.KIND,
        part=kind.name,
        days=tuple(verdict.day.day for verdict in fallen),
        seen=rows,
        usual=newest.usual,
        lowest=newest.lowest,
        sentence=(
            f"{kind.name} {'became rare' if rows else 'stopped arriving'} on "
            f"{_named(fallen[0].day.day)}: {rows:,} rows{_lately(fallen)}; the median of the "
            f"{newest.before} days before is {newest.usual:,.0f}, a fall is below "
            f"{newest.lowest:,.0f}."
        ),
    )


def _judge_rows(day: Day, before: Sequence[Day], at_least: int) -> _Verdict | None:
    """A quiet weekday is no fall: the same weekday before counts too, so a week is waited for."""
    weekday = day.day.weekday()
    same = next((d.tally.rows for d in reversed(before) if d.day.weekday() == weekday), 0)
    habit = [one.tally.rows for one in before[-HABIT:]]
    usual = median(habit or [0])
    expected = min(usual, same)
    if expected < at_least:
        return None
    return _Verdict(day, day.tally.rows, usual, FALLEN_ROWS * expected, len(habit))


def _stuck(health: Health) -> Alert | None:
    """What is on its way keeps its days open, so it must not be on its way for ever."""
    since = health.waiting.since
    if since is None or health.asked_at - since < PATIENCE:
        return None
    return Alert(
        watched=Watched.STUCK,
        by=None,
        part=None,
        days=(),
        seen=health.waiting.rows,
        usual=None,
        lowest=0,
        sentence=(
            f"Uploadings of {_named(since.date())} and later have no last status yet "
            f"({health.waiting.rows:,} rows): their days are not judged. The next send, or "
            "visitjoin track, follows them."
        ),
    )


def _lately(fallen: Sequence[_Verdict]) -> str:
    return "" if len(fallen) == 1 else f" on {_named(fallen[-1].day.day)}"


def _named(day: date) -> str:
    return f"{day:%a %Y-%m-%d}"
