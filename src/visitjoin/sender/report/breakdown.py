"""A report's sums by Target and by day."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from visitjoin.sender.report.report import DaySums, Fate, Sum, TargetSums, add
from visitjoin.sender.tables.workspace import Workspace


def by_target_of(workspace: Workspace) -> tuple[TargetSums, ...]:
    """Rows and money of each Target by fate, the most rows first.

    They add up to the export: rows rejected before they had a Target stand under `""`.
    """
    found = groupby(workspace.rows("sums_by_target.sql"), key=itemgetter(0))
    targets = [
        TargetSums(target, _by_fate((fate, _sum(*total)) for _, fate, *total in lines))
        for target, lines in found
    ]
    return tuple(sorted(targets, key=lambda one: (-add(one.fates.values()).rows, one.target)))


def by_day_of(workspace: Workspace, zone: ZoneInfo) -> tuple[DaySums, ...]:
    """What was uploaded and what was linked, by day of the conversion, in order.

    zone: whose days; the counter's own. Before an upload: what would be uploaded.
    """
    days: dict[date, list[tuple[Fate, Sum]]] = {}
    for quarter, fate, *total in workspace.rows("sums_by_quarter.sql"):
        if Fate(fate).was_uploaded:
            day = datetime.fromtimestamp(quarter, UTC).astimezone(zone).date()
            days.setdefault(day, []).append((Fate(fate), _sum(*total)))
    return tuple(_day(day, days[day]) for day in sorted(days))


def _day(day: date, sums: list[tuple[Fate, Sum]]) -> DaySums:
    linked = (total for fate, total in sums if fate is Fate.LINKED)
    return DaySums(day, uploaded=add(total for _, total in sums), linked=add(linked))


def _by_fate(sums: Iterable[tuple[str, Sum]]) -> dict[Fate, Sum]:
    gathered: dict[str, list[Sum]] = {}
    for fate, total in sums:
        gathered.setdefault(fate, []).append(total)
    return {fate: add(gathered[fate]) for fate in Fate if fate in gathered}


def _sum(currency: str, rows: int, money: Decimal | None) -> Sum:
    return Sum(rows, {} if money is None else {currency: money})
