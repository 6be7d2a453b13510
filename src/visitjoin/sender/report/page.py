"""A report as one page that needs nothing else: no script, no request, good on paper too."""

from datetime import datetime
from pathlib import Path

from visitjoin.contract.uploads import Uploading
from visitjoin.sender.report import drawn
from visitjoin.sender.report.lines import (
    currencies_of,
    currency_name,
    lines,
    money,
    shown_example,
)
from visitjoin.sender.report.report import Fate, Report
from visitjoin.sender.report.templates import write_page
from visitjoin.sender.report.text import changes, notes, preflight, resent


def write_html(report: Report, path: Path, *, now: datetime) -> None:
    """Write a report as a self-contained HTML file.

    path: the file; what is there is replaced. now: aware; the moment the page names.

    Raises SettingError where the file cannot be written.
    """
    currencies = currencies_of(report.fates.values())
    bar, legend = drawn.outcomes(report)
    write_page(
        "report.html",
        path,
        now=now,
        report=report,
        uploadings=[*report.earlier, *report.uploadings],
        linked=_linked(report),
        knows_links=Fate.LINKED in report.fates,
        currencies=currencies,
        lines=[
            (line, [money(line.total, currency) for currency in currencies])
            for line in lines(report)
        ],
        notes=[*notes(report), *changes(report)],
        foretold=list(preflight(report, report.preflight)) if report.preflight else [],
        again=list(resent(report.resent)) if report.resent else [],
        outcomes=bar,
        legend=legend,
        targets=drawn.by_target(report),
        sources=drawn.by_source(report),
        days=drawn.by_day(report),
        currency_name=currency_name,
        money=money,
        shown_example=shown_example,
        state=_state,
    )


def _linked(report: Report) -> int | None:
    if Fate.LINKED in report.fates:
        return report.fates[Fate.LINKED].rows
    return drawn.linked_in_numbers(report)


def _state(uploading: Uploading) -> str:
    """The class that colours an uploading's status."""
    if not uploading.status.is_last:
        return "running"
    return "bad" if uploading.status == "LINKAGE_FAILURE" else "good"
