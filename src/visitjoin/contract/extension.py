"""What our receiver answers beyond the API, under `/visitjoin/v1`.

Metrica has none of this. A sender that talks to Metrica must not ask for it.
"""

from decimal import Decimal
from typing import Final

from msgspec import Struct

IDEMPOTENCY_KEY: Final = "Idempotency-Key"
"""A header of the calls that write: what was done under a key is answered and not done again.

Metrica ignores it. Named as in the IETF's draft, draft-ietf-httpapi-idempotency-key-header.
"""

LONGEST_KEY: Final = 255
"""Characters of a key."""

OUTCOMES_PAGE: Final = 10_000
"""Rows of a page of outcomes, unless asked otherwise."""


class VisitsImported(Struct, frozen=True, kw_only=True):
    """What became of a table of visits. rows = accepted + rejected; accepted = new + known."""

    rows: int
    accepted: int
    rejected: int
    new: int
    """Visits whose visit_id the counter did not have before."""
    known: int
    """Visits imported before, and repeats in the file: counted once, the last one stays."""
    reasons: dict[str, int] = {}
    """Rejected rows by reason."""


class VisitsImportedAnswer(Struct, frozen=True):
    """The answer of an import of visits."""

    visits: VisitsImported


class OutcomeRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of an uploading and its fate."""

    row_no: int
    """1 for the first row under the header."""
    outcome: str
    reason: str | None = None
    """contract.reasons.Reason, where the outcome is `rejected`."""
    column: str | None = None
    value: str | None = None
    visit_id: str | None = None
    linked_by: str | None = None
    target: str | None = None
    happened_at: int | None = None
    """Unix seconds, UTC."""
    price: Decimal | None = None
    currency: str | None = None
    traffic_source: str | None = None
    """Of the visit, where linked."""
    utm_source: str | None = None
    utm_campaign: str | None = None
    remark: str | None = None
    """A sentence for the person who reads it, where there is more to say than the outcome."""


class OutcomesAnswer(Struct, frozen=True, kw_only=True):
    """A page of outcomes by row, and the counts of the whole uploading."""

    outcomes: tuple[OutcomeRow, ...]
    counts: dict[str, int]
    """Rows of the whole uploading by outcome; they add up to `rows`."""
    rows: int


class ReportRow(Struct, frozen=True, kw_only=True):
    """Conversions and revenue of one goal, traffic source and currency."""

    goal_id: int
    goal_name: str
    target: str
    traffic_source: str
    """Of the visit; `""` where the visit's source is not known."""
    currency: str
    """`""` where the conversions carry none."""
    conversions: int
    revenue: Decimal


class ReportAnswer(Struct, frozen=True):
    """Linked conversions of a counter, each counted once with its newest price."""

    report: tuple[ReportRow, ...]
