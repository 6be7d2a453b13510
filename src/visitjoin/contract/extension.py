"""What our receiver answers beyond the API, under `/visitjoin/v1`.

Metrica has none of this. A sender that talks to Metrica must not ask for it.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from msgspec import Struct

from visitjoin.contract.currencies import known_currencies
from visitjoin.contract.tables import PRICE_PRECISION, PRICE_SCALE
from visitjoin.contract.texts import is_text

IDEMPOTENCY_KEY: Final = "Idempotency-Key"
"""A header of the calls that write: what was done under a key is answered and not done again.

Metrica ignores it. Named as in the IETF's draft, draft-ietf-httpapi-idempotency-key-header.
"""

LONGEST_KEY: Final = 255
"""Characters of a key."""

OUTCOMES_PAGE: Final = 10_000
"""Rows of a page of outcomes, unless asked otherwise."""


class InstanceAnswer(Struct, frozen=True):
    """Which receiver answers."""

    instance: str
    """A name of its own, made once: another receiver at the same address has another."""


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


MOST_CORRECTIONS: Final = 10_000
"""Corrections of one request: some 3 MB, which are held in memory."""

LONGEST_CORRECTION_COMMENT: Final = 255

_LATEST: Final = 9_999_999_999
"""Unix seconds of the year 2286: what is more is in milliseconds."""


class Correction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A later word about a conversion: it is taken back, or its price is another.

    The conversion is named as it was sent: the same identifiers, an absent one null, Target and
    moment. A purchase_id alone, without Target and moment, names every conversion of the purchase.
    """

    client_id: str | None = None
    user_id: str | None = None
    yclid: str | None = None
    purchase_id: str | None = None
    target: str | None = None
    happened_at: int | None = None
    """Unix seconds, UTC."""
    retract: bool = False
    """True takes it back; False gives it the price below."""
    price: Decimal | None = None
    currency: str | None = None
    comment: str = ""


class CorrectionsBody(Struct, frozen=True):
    """The body of a request that corrects."""

    corrections: tuple[Correction, ...]


class CorrectionState(StrEnum):
    """What a correction did."""

    RETRACTED = "retracted"
    REPRICED = "repriced"
    NOT_FOUND = "not_found"


class CorrectionAnswer(Struct, frozen=True, kw_only=True):
    """What one correction of a request did."""

    row_no: int
    """Its place in the request, from 1."""
    found: int
    """Conversions that it applies to."""
    state: CorrectionState


class CorrectionsAnswer(Struct, frozen=True, kw_only=True):
    """What the corrections of a request did, one by one and in numbers."""

    corrections: tuple[CorrectionAnswer, ...]
    counts: dict[str, int]
    """Corrections by state; they add up to those of the request."""


class KeptCorrection(Correction, frozen=True, kw_only=True, omit_defaults=True):
    """A correction as it is kept: a fact of its own."""

    id: int
    """Rising: of two corrections of one conversion the one with the larger id stands."""
    row_no: int
    made_at: datetime
    made_by: str
    """Name of the token that it came with."""
    newest_uploading: int
    """It speaks of conversions of uploadings up to this one: what comes later is a newer word."""
    found: int
    state: CorrectionState


class KeptCorrectionsAnswer(Struct, frozen=True):
    """A page of the corrections of a counter, newest first."""

    corrections: tuple[KeptCorrection, ...]


def state_of(correction: Correction, found: int) -> CorrectionState:
    """What a correction did. found: conversions that it applies to."""
    if found == 0:
        return CorrectionState.NOT_FOUND
    return CorrectionState.RETRACTED if correction.retract else CorrectionState.REPRICED


def fault_of_corrections(corrections: Sequence[Correction]) -> str | None:
    """What is wrong with a request's corrections, as a sentence; None where nothing is."""
    if not corrections:
        return "There are no corrections. Send at least one."
    if len(corrections) > MOST_CORRECTIONS:
        return f"{len(corrections):,} corrections; a request takes {MOST_CORRECTIONS:,}. Split it."
    for row_no, correction in enumerate(corrections, start=1):
        if fault := _fault_of_name(correction) or _fault_of_word(correction):
            return f"Correction {row_no}: {fault}"
    return None


def _fault_of_name(correction: Correction) -> str | None:
    identifiers = (
        correction.client_id,
        correction.user_id,
        correction.yclid,
        correction.purchase_id,
    )
    if not all(is_text(text) for text in (*identifiers, correction.target) if text is not None):
        return "an identifier or the target has a control character."
    if not any(identifiers):
        return "no identifier. Give those that the conversion was sent with."
    if (correction.target is None) != (correction.happened_at is None):
        return "target and happened_at name a conversion together: give both, or a purchase_id."
    if correction.happened_at is not None and not 0 <= correction.happened_at <= _LATEST:
        return "happened_at is no moment in Unix seconds."
    if correction.target is None and any(identifiers[:3]):
        return "only a purchase_id names conversions without target and happened_at."
    return None


def _fault_of_word(correction: Correction) -> str | None:
    if len(correction.comment) > LONGEST_CORRECTION_COMMENT or not is_text(correction.comment):
        return (
            f"the comment has more than {LONGEST_CORRECTION_COMMENT} characters, or a control "
            "character."
        )
    if correction.retract:
        both = correction.price is not None or correction.currency is not None
        return "retract comes without a price and a currency." if both else None
    if correction.price is None or correction.currency is None:
        return "neither retract nor a price with its currency."
    if not _is_price(correction.price):
        return (
            "the price is negative, or has more than 12 digits before the point or more than 6 "
            "after it."
        )
    if correction.currency not in known_currencies():
        return "the currency is no code of ISO 4217 in capitals."
    return None


def _is_price(price: Decimal) -> bool:
    limit = Decimal(10) ** (PRICE_PRECISION - PRICE_SCALE)
    return price.is_finite() and 0 <= price < limit and price == round(price, PRICE_SCALE)
