"""What leaves and what does not, row by row and as plainly as it can be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Given:
    """A conversion of the source."""

    identity: int
    key: int | None
    happened_at: int
    price: Decimal | None
    currency: str | None


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A row of the ledger."""

    identity: int
    key: int | None
    batch_no: int
    price: Decimal | None
    currency: str | None
    retracted: bool


def newest(row: Given, ledger: Sequence[Sent]) -> list[Sent]:
    """What was sent last of a conversion: by its own key, and else by its identity.

    More than one where a batch has several that cannot be told apart.
    """
    by_key = [sent for sent in ledger if row.key is not None and sent.key == row.key]
    found = by_key or [sent for sent in ledger if sent.identity == row.identity]
    last = max((sent.batch_no for sent in found), default=None)
    return [sent for sent in found if sent.batch_no == last]


def fate(
    number: int, rows: Sequence[Given], ledger: Sequence[Sent], *, cut_off: int, resend: bool
) -> str | None:
    """Why a row does not leave; None where it does. number: its place, from 0."""
    row = rows[number]
    name = row.identity if row.key is None else row.key
    for later in rows[number + 1 :]:
        if name == (later.identity if later.key is None else later.key):
            return "duplicate"
    for sent in newest(row, ledger):
        if sent.retracted or (sent.price, sent.currency) == (row.price, row.currency):
            return "known"
        if not resend or sent.identity != row.identity or row.happened_at < cut_off:
            return "changed"
    return "too_old" if row.happened_at < cut_off else None
