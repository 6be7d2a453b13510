"""Why rows ended as they did, in words: what our receiver answers beyond the API.

No identifier of a person is in any of it: a row is named by its number, a visit by its id.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct

from visitjoin.contract.extension import OutcomeRow


class Advice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What ails some rows of an uploading, and what to mend."""

    rows: int
    outcome: str
    """contract.outcomes.Outcome of all of them."""
    said: str
    """Sentences for the person who mends it; the number of rows is not in them."""
    reason: str | None = None
    """contract.reasons.Reason, where the outcome is `rejected`."""
    column: str | None = None
    """The API's name of the column that is meant, where one is."""


class Summary(Struct, frozen=True, kw_only=True):
    """An uploading in words."""

    uploading: int
    rows: int
    counts: dict[str, int]
    """Rows by outcome; they add up to `rows`."""
    cut_off: datetime
    """The earliest start of a visit that could be linked."""
    advice: tuple[Advice, ...]
    """One for each thing to mend, what concerns the most rows first; none where all were linked."""


class SummaryAnswer(Struct, frozen=True):
    """The answer that has an uploading's summary."""

    summary: Summary


class SeenVisit(Struct, frozen=True, kw_only=True):
    """A visit of the visitor whom a row names."""

    visit_id: str
    started_at: int
    """Unix seconds, UTC."""
    found_by: str
    """contract.identifiers.IdentifierKind of the row that found it."""
    remark: str
    """Why it is, or is not, the visit of the row."""


class RowExplained(Struct, frozen=True, kw_only=True):
    """One row of an uploading, its outcome and the facts behind it."""

    row: OutcomeRow
    said: str
    """Which rule decided, in sentences."""
    cut_off: datetime
    identifiers: tuple[str, ...]
    """The kinds of identifier that the row has, the most specific first; none where rejected."""
    visits: tuple[SeenVisit, ...]
    """Of the visitor, those nearest to the conversion first; at most MOST_VISITS."""
    visits_in_all: int


class RowExplainedAnswer(Struct, frozen=True):
    """The answer that explains a row."""

    explained: RowExplained


MOST_VISITS: Final = 20
"""Visits that are shown of a visitor: a scheduled robot may have thousands."""
