"""The share linked as text: tables with small bars."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from rich.table import Table

from visitjoin.sender.ledger.health import Basis, Day, Health, Part, Tally
from visitjoin.sender.report.alerts import Alert, Watched, fallen_days, judged

_BASES: Final = {
    Basis.ROW: "Share linked, by day of the conversion (UTC)",
    Basis.BATCH: "Share linked, by day of the upload (UTC)",
}
_WIDTH: Final = 20
"""Characters of a bar of 100 %."""

_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
_HEIGHTS: Final = "▁▂▃▄▅▆▇█"

MOST_PARTS: Final = 12
"""Targets shown; a table with thousands of them has its Target in the wrong column."""


def title(health: Health) -> str:
    """What the days of the first table are."""
    return _BASES[health.basis]


def by_day(health: Health, alerts: Iterable[Alert]) -> Table:
    """Rows, linked rows and the share of each day. alerts: what fell."""
    fallen = fallen_days(alerts, Watched.SHARE)
    table = _table("day", "rows", "linked", "share", "", "")
    for day in health.days:
        table.add_row(f"{day.day:%a %Y-%m-%d}", *_cells(day.tally), _note(day, fallen))
    table.add_row("all", *_cells(health.total), "")
    return table


def by_part(name: str, parts: Sequence[Part], *, has_shares: bool) -> Table:
    """The same for each target or kind of identifier, and its rows day by day."""
    shares = ("linked", "share", "") if has_shares else ()
    table = _table(name, "rows", *shares, "rows by day")
    for part in parts[:MOST_PARTS]:
        rows, *others = _cells(part.total)
        heights = sparks([day.tally.rows for day in part.days])
        table.add_row(part.name, rows, *(others if has_shares else ()), heights)
    if len(parts) > MOST_PARTS:
        table.add_row(f"and {len(parts) - MOST_PARTS:,} more")
    return table


def notes(health: Health, at_least: int) -> Iterator[str]:
    """What the tables do not say by themselves."""
    if health.basis is Basis.BATCH and health.total.rows:
        yield (
            "The server says how many rows of each uploading it linked, and not which: the share "
            "is by day of the upload, and there is none by target or identifier."
        )
    if health.waiting.rows:
        yield (
            f"{health.waiting.rows:,} rows are in uploadings without a last status, and in no day "
            "yet."
        )
    if health.total.later:
        yield f"{health.total.later:,} of the linked rows were linked by a repeat of their batch."
    if health.days and not judged(health.days, at_least):
        yield (
            f"No day that is over has {at_least} rows with an outcome, so no share was judged "
            "(--at-least)."
        )


def bar(share: float) -> str:
    """A share as a bar of eighths of a character."""
    eighths = round(share * _WIDTH * 8)
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + _EIGHTHS[rest].strip()).ljust(_WIDTH, " ")


def sparks(amounts: Sequence[int]) -> str:
    """Amounts as a row of columns, the largest of full height; a blank is none."""
    largest = max(amounts, default=0)
    top = len(_HEIGHTS) - 1
    return "".join(_HEIGHTS[round(one / largest * top)] if one else " " for one in amounts)


def _cells(one: Tally) -> Iterable[str]:
    if one.share is None:
        return f"{one.rows:,}", "", "", ""
    return f"{one.rows:,}", f"{one.linked:,}", f"{one.share:.1%}", bar(one.share)


def _note(day: Day, fallen: frozenset[date]) -> str:
    if day.day in fallen:
        return "fell"
    return "open: more may come" if day.is_open else ""


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for header in headers:
        right = header in ("rows", "linked", "share")
        table.add_column(header, justify="right" if right else "left", no_wrap=True)
    return table
