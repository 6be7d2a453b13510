"""Reports to draw: that of the demo's story, really sent, and one of many rows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import polars as pl

from tests.conftest import Running
from visitjoin.cli import story
from visitjoin.contract.reasons import Reason
from visitjoin.contract.uploads import Uploading, UploadingId, UploadStatus
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.report.breakdown import by_day_of, by_target_of
from visitjoin.sender.report.report import (
    DaySums,
    Example,
    Fate,
    ReasonCount,
    Report,
    SourceRevenue,
    Sum,
    TargetSums,
    add,
)
from visitjoin.sender.run.send import send
from visitjoin.sender.run.wishes import Wishes
from visitjoin.sender.tables.workspace import Workspace

NOW = datetime.now(UTC)
ZONE = ZoneInfo("Europe/Moscow")
_FATES: dict[str, pl.DataType] = {
    "target": pl.String(),
    "fate": pl.String(),
    "happened_at": pl.Int64(),
    "price": pl.Decimal(18, 6),
    "currency": pl.String(),
}


def fates_of(folder: Path, rows: pl.DataFrame) -> Workspace:
    """A workspace whose `fates` are these rows."""
    workspace = Workspace(folder)
    rows.select(pl.col(name).cast(kind) for name, kind in _FATES.items()).write_parquet(
        workspace.table("fates")
    )
    return workspace


def the_storys(running: Running, folder: Path) -> Report:
    """The report of the demo's story, from a real receiver."""
    deals, visits, fates = folder / "deals.csv", folder / "visits.csv", folder / "fates.csv"
    deals.write_text(story.deals_csv(NOW), encoding="utf-8", newline="")
    visits.write_text(story.visits_csv(NOW), encoding="utf-8", newline="")
    with running.shop(tracked_days=story.TRACKED_FOR.days) as shop:
        Receiver(shop).import_visits(visits)
        report = send(shop, deals, Wishes(fates=fates))
    workspace = fates_of(folder, pl.read_csv(fates, infer_schema=False))
    return msgspec.structs.replace(
        report,
        by_target=by_target_of(workspace),
        by_day=by_day_of(workspace, ZONE),
        zone=ZONE.key,
    )


def a_large_one() -> Report:
    """Four weeks of a shop with eight targets, two currencies and an export of 300,000 rows."""
    names = ("order_paid", "deal_won", "renewed", "call", "visit", "заказ_оплачен", "lead", "test")
    targets = (*(_target(name, 90_000 // n) for n, name in enumerate(names, start=1)), _rejected())
    fates = {
        fate: add(one.fates[fate] for one in targets if fate in one.fates)
        for fate in Fate
        if any(fate in one.fates for one in targets)
    }
    uploaded = add(total for fate, total in fates.items() if fate.was_uploaded)
    return Report(
        source="выгрузка-2026-11.csv",
        counter=2215573,
        uploadings=(
            Uploading(
                id=UploadingId(70712),
                status=UploadStatus.PROCESSED,
                source_quantity=uploaded.rows,
                line_quantity=uploaded.rows,
                linked_quantity=fates[Fate.LINKED].rows,
            ),
        ),
        earlier=(),
        repriced=(),
        resent=None,
        preflight=None,
        in_export=add(fates.values()),
        fates=fates,
        money_not_readable=91,
        unknown_currency=17,
        reasons=(
            _reason(Reason.IDENTIFIER_DAMAGED, Example(5, "ClientId", "1,79351E+18")),
            _reason(Reason.NO_IDENTIFIER, Example(14, None, None)),
        ),
        remarks=('812 x Target "test" reaches no goal.',),
        by_source=tuple(
            SourceRevenue(name, rows, _sum(rows).money)
            for name, rows in (("ad", 90_000), ("organic", 60_000), ("", 312))
        ),
        by_target=targets,
        by_day=tuple(
            DaySums(date(2026, 11, 1) + timedelta(days=n), _sum(9000 + 400 * n), _sum(6000))
            for n in range(21)
        ),
        zone=ZONE.key,
    )


def _target(name: str, rows: int) -> TargetSums:
    fates = {Fate.DUPLICATE: rows // 50, Fate.LINKED: rows * 7 // 10}
    fates |= {Fate.VISITOR_NOT_FOUND: rows // 5, Fate.BEFORE_FIRST_VISIT: rows // 40}
    return TargetSums(name, {fate: _sum(number) for fate, number in fates.items()})


def _rejected() -> TargetSums:
    return TargetSums("", {Fate.REJECTED: _sum(4411)})


def _reason(reason: Reason, example: Example) -> ReasonCount:
    return ReasonCount(reason, 3120, reason.sentence, (example, example, example))


def _sum(rows: int) -> Sum:
    return Sum(rows, {"RUB": Decimal("2350.25") * rows, "USD": Decimal("1.10") * rows})
