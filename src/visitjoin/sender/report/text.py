"""A report as text that a newcomer understands: rows and money in one table that adds up."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

from rich.table import Table

from visitjoin.sender.report.lines import (
    currencies_of,
    currency_name,
    lines,
    money,
    shown_example,
)
from visitjoin.sender.report.report import Fate, Preflight, Report, Resent, Row, Sum

Section: TypeAlias = tuple[str, tuple[str | Table, ...]]
"""A heading, and the tables and lines under it."""


def sections(report: Report, rejects: Path | None = None) -> Iterator[Section]:
    """The whole report, part by part. rejects: where the rejected rows were written to."""
    if report.rows:
        yield "Every row", (every_row(report.rows),)
    yield "Reconciliation", (reconciliation(report), *notes(report), *changes(report))
    if report.reasons:
        yield "Rejected" + (f" -> {rejects}" if rejects else ""), (rejections(report),)
    if report.remarks:
        yield "To mend", report.remarks
    if report.by_source:
        yield "Revenue by traffic source", (revenue(report),)
    if report.preflight:
        yield "If it were sent", tuple(preflight(report, report.preflight))
    if report.resent:
        yield "Not found before", tuple(resent(report.resent))


def reconciliation(report: Report) -> Table:
    """Where the rows and the money of the export are. Indented lines add up to the one above."""
    currencies = currencies_of(report.fates.values())
    table = _table("", "rows", *map(currency_name, currencies))
    for line in lines(report):
        amounts = (money(line.total, name) for name in currencies)
        table.add_row("  " * line.depth + line.text, f"{line.total.rows:,}", *amounts)
    return table


def notes(report: Report) -> Iterator[str]:
    """What the sums of money do not hold."""
    if report.money_not_readable:
        yield f"Rejected, with no readable price or currency: {report.money_not_readable:,}"
    if report.unknown_currency:
        yield f"With an unknown currency, counted without money: {report.unknown_currency:,}"


def changes(report: Report) -> Iterator[str]:
    """What left again with another price."""
    for one in report.repriced:
        money = f"{one.before:,.2f} -> {one.now:,.2f} {one.currency}".rstrip()
        yield f"Sent again with another price: {one.rows:,} ({money})"


def preflight(report: Report, told: Preflight) -> Iterator[str]:
    """What would be sent."""
    if told.waiting:
        yield (
            f"{told.waiting:,} rows of an earlier run are waiting and go first; where this table "
            "has them too, they are told as sent before."
        )
    plural = "" if told.batches == 1 else "s"
    yield (
        f"{report.uploaded.rows:,} rows in {told.batches:,} upload{plural}, "
        f"about {_size(told.bytes)}."
    )
    if told.seconds is None:
        yield "How long they take is known after the first upload to this counter."
    else:
        yield f"About {_duration(told.seconds)} until they are answered, as it was lately."
    yield "The last status takes moments on a receiver, and up to two hours at Yandex.Metrica."
    if told.requests_left is not None:
        yield f"The API takes {told.requests_left:,} more requests today; an upload is about ten."
    yield f"Visits from {told.joined_from:%Y-%m-%d %H:%M} UTC on can be joined."
    if told.visits is not None:
        yield f"The outcomes above are predicted from {told.visits:,} visits."


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= _MEGABYTE else f"{size / 1e3:,.1f} KB"


_MEGABYTE: Final = 1_000_000


def _duration(seconds: float) -> str:
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 2 * _MINUTE else f"{round(whole / _MINUTE)} min"


_MINUTE: Final = 60


def resent(again: Resent) -> Iterator[str]:
    """What became of conversions whose visitors had not been found."""
    yield f"Sent again: {again.rows:,} not found before, of which {again.linked:,} linked now."
    if again.given_up:
        yield f"Given up, for their window has closed: {again.given_up:,} rows."
    if again.not_due:
        plural = "" if again.not_due == 1 else "es"
        yield (
            f"Tried less than twelve hours ago and left for later: {again.not_due:,} "
            f"batch{plural} (visitjoin resend --now takes it)."
        )


def next_step(report: Report) -> Iterator[str]:
    """What became of the uploadings, and what to do now."""
    yield ""
    if report.preflight is not None:
        yield "A dry run: nothing was uploaded."
    elif not report.uploadings:
        yield "Nothing was uploaded."
    for uploading in (*report.earlier, *report.uploadings):
        linked = uploading.linked_quantity
        told = "" if linked is None else f", {linked:,} linked"
        yield f"Uploading {uploading.id} is {uploading.status}{told}."
    if not all(one.status.is_last for one in (*report.earlier, *report.uploadings)):
        yield "Next: visitjoin track, or the next send, follows what is still on its way."


def revenue(report: Report) -> Table:
    """What each traffic source brought."""
    sums = [Sum(source.conversions, source.revenue) for source in report.by_source]
    currencies = currencies_of(sums)
    table = _table("traffic source", "conversions", *map(currency_name, currencies))
    for source, total in zip(report.by_source, sums, strict=True):
        cells = (money(total, name) for name in currencies)
        table.add_row(source.traffic_source or "(unknown)", f"{source.conversions:,}", *cells)
    return table


def rejections(report: Report) -> Table:
    """The reasons, each with up to three examples, and what to do."""
    table = _table("rows", "reason", "for example", "what to do")
    for counted in report.reasons:
        first, *others = map(shown_example, counted.examples)
        table.add_row(f"{counted.rows:,}", counted.reason.value, first, counted.sentence)
        for other in others:
            table.add_row("", "", other, "")
    return table


def every_row(rows: Iterable[Row]) -> Table:
    """Each row of the source on a line."""
    table = _table("line", "happened (UTC)", "Target", "price", "fate", "visit, or what is wrong")
    for row in rows:
        table.add_row(
            _place(row),
            "" if row.happened_at is None else _moment(row.happened_at),
            row.target or "",
            "" if row.price is None else f"{row.price:,.2f} {row.currency or ''}",
            row.fate.value,
            _why(row),
        )
    return table


def _place(row: Row) -> str:
    place = str(row.line or row.row_no)
    return f"{row.file}, {place}" if row.file else place


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def _why(row: Row) -> str:
    if row.fate is Fate.LINKED:
        return f"{row.visit_id} ({row.traffic_source or 'source unknown'}), by {row.linked_by}"
    if row.fate is Fate.REJECTED:
        shown = f' "{row.value}"' if row.value else ""
        return f"{row.reason}, {row.column}{shown}" if row.column else f"{row.reason}"
    return row.remark or ""


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for header in headers:
        right = header in _NUMBERS or len(header) == _CODE
        table.add_column(header, justify="right" if right else "left", no_wrap=True)
    return table


_NUMBERS: Final = frozenset({"rows", "line", "price", "conversions", "no currency"})
_CODE: Final = 3
"""Letters of a currency, whose columns hold money."""
