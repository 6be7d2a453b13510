"""The share linked as a page of the same look as a report's."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path

from visitjoin.charts import Column, Columns, Mark, columns, levels
from visitjoin.charts import Part as Layer
from visitjoin.sender.ledger.health import Basis, Day, Health, Part
from visitjoin.sender.report.alerts import Alert, By, Watched, fallen_days
from visitjoin.sender.report.drawn import day_name
from visitjoin.sender.report.health_text import MOST_PARTS, notes, title
from visitjoin.sender.report.templates import write_page

_SHARES = (Mark(0, "0%"), Mark(0.5, "50%"), Mark(1, "100%"))


def write_health(
    health: Health,
    alerts: Sequence[Alert],
    path: Path,
    *,
    counter: int,
    at_least: int,
    now: datetime,
) -> None:
    """Write the health of a ledger as a self-contained HTML file.

    alerts: what fell. path: the file; what is there is replaced. at_least: rows of a day that was
    judged. now: aware; the moment the page names.

    Raises SettingError where the file cannot be written.
    """
    write_page(
        "health.html",
        path,
        now=now,
        counter=counter,
        health=health,
        alerts=alerts,
        title=title(health),
        notes=list(notes(health, at_least)),
        by_row=health.basis is Basis.ROW,
        shares=_share_chart("", health.days, fallen_days(alerts, Watched.SHARE))
        if health.days
        else None,
        kinds=[_drawn(kind, By.KIND, alerts) for kind in health.by_kind],
        targets=[_drawn(target, By.TARGET, alerts) for target in health.by_target[:MOST_PARTS]],
        more_targets=max(len(health.by_target) - MOST_PARTS, 0),
    )


def _drawn(part: Part, by: By, alerts: Sequence[Alert]) -> dict[str, object]:
    return {
        "part": part,
        "rows": _row_chart(part, fallen_days(alerts, Watched.ROWS, by, part.name)),
        "shares": _share_chart(
            f"of {part.name} ", part.days, fallen_days(alerts, Watched.SHARE, by, part.name)
        ),
    }


def _share_chart(of: str, days: Sequence[Day], fallen: Collection[date]) -> Columns:
    shares = [day.tally.share or 0.0 for day in days]
    return columns(
        f"share linked {of}by day, {day_name(days[0].day)} to {day_name(days[-1].day)}",
        [
            _column(day, share, f"{share:.1%} of {day.tally.answered:,} rows", "linked", fallen)
            for day, share in zip(days, shares, strict=True)
        ],
        _SHARES,
    )


def _row_chart(part: Part, fallen: Collection[date]) -> Columns:
    return columns(
        f"rows with {part.name} by day",
        [
            _column(day, day.tally.rows, f"{day.tally.rows:,} rows", "sent", fallen)
            for day in part.days
        ],
        levels(max(day.tally.rows for day in part.days)),
    )


def _column(day: Day, amount: float, told: str, usual: str, fallen: Collection[date]) -> Column:
    unusual = "fell" if day.day in fallen else "open" if day.is_open else ""
    return Column(
        name=day_name(day.day),
        parts=(Layer("", unusual or usual, amount),),
        label=f"{day_name(day.day)}: {told}" + (f", {unusual}" if unusual else ""),
        band=unusual,
    )
