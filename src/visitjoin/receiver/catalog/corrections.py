"""Which corrections of conversions were made, by whom and when?

They are kept here and not in the lake, although they are facts about rows: a correction is the
word of a person, there are few of them, and one transaction has to decide about a request's key
and all of its corrections together.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from visitjoin.contract.extension import Correction, KeptCorrection, state_of
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.receiver.catalog.moments import moment, seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import CORRECTIONS, UPLOADINGS


@dataclass(frozen=True, kw_only=True)
class Making:
    """Who makes corrections, when, and of what. Times are aware."""

    counter_id: int
    key: str | None
    """The request's Idempotency-Key."""
    made_at: datetime
    made_by: str
    newest_uploading: int
    """The counter's newest when they were made; 0 for none."""


def newest_uploading(catalog: Catalog, counter_id: int) -> int:
    """The id of the counter's newest uploading; 0 where it has none."""
    asked = select(func.max(UPLOADINGS.c.id)).where(UPLOADINGS.c.counter_id == counter_id)
    with catalog.connect() as connection:
        return connection.scalar(asked) or 0


def forget_in_corrections(
    catalog: Catalog, counter_id: int, names: Mapping[IdentifierKind, Collection[str]]
) -> int:
    """Take what names a visitor out of a counter's corrections, which stay. Returns how many.

    names: the visitor's identifiers by kind.
    """
    columns = {kind: CORRECTIONS.c[kind.value.lower()] for kind in names}
    named = or_(*(column.in_(names[kind]) for kind, column in columns.items()))
    changed = update(CORRECTIONS).where(CORRECTIONS.c.counter_id == counter_id, named)
    with catalog.begin() as connection:
        done = connection.execute(changed.values(dict.fromkeys(columns.values())))
        return done.rowcount


def keep_corrections(
    catalog: Catalog, making: Making, corrections: Sequence[Correction], found: Sequence[int]
) -> tuple[KeptCorrection, ...]:
    """Write down the corrections of a request, all or none; where its key is known, nothing.

    found: of each, how many conversions it applies to.

    Returns what is kept under the key.
    """
    rows = [
        _values(making, correction, row_no, quantity)
        for row_no, (correction, quantity) in enumerate(
            zip(corrections, found, strict=True), start=1
        )
    ]
    kept = insert(CORRECTIONS).returning(CORRECTIONS, sort_by_parameter_order=True)
    try:
        with catalog.begin() as connection:
            return tuple(_kept(row) for row in connection.execute(kept, rows))
    except IntegrityError:
        # Somebody was faster with the same key: the unique index let only one of us through.
        if making.key is None or not (known := _under(catalog, making.counter_id, making.key)):
            raise
        return known


def corrections_under(
    catalog: Catalog, counter_id: int, key: str | None
) -> tuple[KeptCorrection, ...]:
    """The corrections of the request with an Idempotency-Key; empty where there was none."""
    return () if key is None else _under(catalog, counter_id, key)


def corrections(
    catalog: Catalog, counter_id: int, *, limit: int | None = None, offset: int = 0
) -> tuple[KeptCorrection, ...]:
    """The corrections of a counter, newest first. offset: how many of the newest to leave out."""
    asked = (
        select(CORRECTIONS)
        .where(CORRECTIONS.c.counter_id == counter_id)
        .order_by(CORRECTIONS.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    with catalog.connect() as connection:
        return tuple(_kept(row) for row in connection.execute(asked))


def _under(catalog: Catalog, counter_id: int, key: str) -> tuple[KeptCorrection, ...]:
    asked = (
        select(CORRECTIONS)
        .where(CORRECTIONS.c.counter_id == counter_id, CORRECTIONS.c.idempotency_key == key)
        .order_by(CORRECTIONS.c.row_no)
    )
    with catalog.connect() as connection:
        return tuple(_kept(row) for row in connection.execute(asked))


def _values(making: Making, correction: Correction, row_no: int, found: int) -> dict[str, object]:
    return {
        "counter_id": making.counter_id,
        "idempotency_key": making.key,
        "row_no": row_no,
        "client_id": correction.client_id,
        "user_id": correction.user_id,
        "yclid": correction.yclid,
        "purchase_id": correction.purchase_id,
        "target": correction.target,
        "happened_at": correction.happened_at,
        "retract": correction.retract,
        "price": None if correction.price is None else f"{correction.price:f}",
        "currency": correction.currency,
        "comment": correction.comment,
        "made_at": seconds(making.made_at),
        "made_by": making.made_by,
        "newest_uploading": making.newest_uploading,
        "found": found,
    }


def _kept(row: Row[tuple[object, ...]]) -> KeptCorrection:
    correction = Correction(
        client_id=row.client_id,
        user_id=row.user_id,
        yclid=row.yclid,
        purchase_id=row.purchase_id,
        target=row.target,
        happened_at=row.happened_at,
        retract=row.retract,
        price=None if row.price is None else Decimal(row.price),
        currency=row.currency,
        comment=row.comment,
    )
    said = {name: getattr(correction, name) for name in Correction.__struct_fields__}
    return KeptCorrection(
        **said,
        id=row.id,
        row_no=row.row_no,
        made_at=moment(row.made_at),
        made_by=row.made_by,
        newest_uploading=row.newest_uploading,
        found=row.found,
        state=state_of(correction, row.found),
    )
