"""The reconciliation, line by line, and how its figures are written: for the terminal and a page.

A line with a greater depth is part of the nearest line above it with a smaller one, and the parts
add up to it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from visitjoin.sender.report.report import KEPT_BACK, Example, Fate, Report, Sum

SENTENCES: Final = {
    Fate.REJECTED: "rejected",
    Fate.LEFT_OUT: "left out by the mapping",
    Fate.KNOWN: "known: sent before",
    Fate.CHANGED: "changed: sent before with another price, not sent again",
    Fate.DUPLICATE: "duplicate: the same conversion comes again later",
    Fate.TOO_OLD: "too old: before the window, can link to no visit",
    Fate.REFUSED: "refused by the server: not sent, goes again next time",
    Fate.UPLOADED: "uploaded",
    Fate.REJECTED_AT_UPLOAD: "rejected by the server",
    Fate.DUPLICATE_AT_UPLOAD: "taken for a duplicate by the server",
    Fate.LINKED: "linked to a visit",
    Fate.GOAL_NOT_FOUND: "not linked: no goal has this Target",
    Fate.VISITOR_NOT_FOUND: "not linked: nobody with that identifier",
    Fate.NO_VISIT_IN_WINDOW: "not linked: the visit is older than the window",
    Fate.BEFORE_FIRST_VISIT: "not linked: every visit came after it",
    Fate.STATIC_CALL: "static calls, which belong to no visit",
}
"""What a fate is called in a report."""


@dataclass(frozen=True)
class Line:
    """A line of the reconciliation."""

    depth: int
    text: str
    total: Sum
    fate: Fate | None = None
    """None for a line that others add up to."""


def lines(report: Report) -> Iterator[Line]:
    """Where the rows and the money of the export are, the whole first."""
    yield Line(0, f"in {report.source}", report.in_export)
    for fate in KEPT_BACK:
        if fate in report.fates:
            yield Line(1, SENTENCES[fate], report.fates[fate], fate)
    yield Line(1, "to be uploaded" if report.preflight else "uploaded", report.uploaded)
    outcomes = [fate for fate in _OUTCOMES if fate in report.fates]
    for fate in outcomes:
        yield Line(2, SENTENCES[fate], report.fates[fate], fate)
    if outcomes and Fate.UPLOADED in report.fates:
        yield Line(2, "no outcome yet", report.fates[Fate.UPLOADED], Fate.UPLOADED)


_OUTCOMES: Final = (
    Fate.LINKED,
    *(fate for fate in Fate if fate.was_uploaded and fate not in (Fate.LINKED, Fate.UPLOADED)),
)


def currencies_of(sums: Iterable[Sum]) -> list[str]:
    """The currencies in some sums, in the order of their names; `""` is money without one."""
    return sorted({currency for total in sums for currency in total.money})


def currency_name(currency: str) -> str:
    """What a column of money is called."""
    return currency or "no currency"


def money(total: Sum, currency: str) -> str:
    """The money of a sum in one currency; empty where it has none.

    Two decimals, or as many as it takes: a rounded line would not add up.
    """
    amount = total.money.get(currency)
    if amount is None:
        return ""
    rounded = amount.quantize(Decimal("0.01"))
    return f"{rounded if rounded == amount else amount.normalize():,}"


def shown_example(example: Example) -> str:
    """Where a rejected row is, and what stood there."""
    place = f"line {example.line}" + (f", {example.column}" if example.column else "")
    if example.file:
        place = f"{example.file}, {place}"
    return f'{place}: "{example.value}"' if example.value else place
