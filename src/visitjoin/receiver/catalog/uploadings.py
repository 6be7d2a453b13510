"""Which files were accepted, and what is there to answer about each?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, bindparam, func, insert, select, true
from sqlalchemy.exc import IntegrityError

from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.uploads import Uploading, UploadingId, UploadStatus, UploadType
from visitjoin.receiver.catalog.moments import moment, seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import COUNTERS, UPLOADINGS


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A file that was received and checked, before it has an id. Times are aware."""

    counter_id: int
    folder: str
    """Its name in the spool."""
    created_at: datetime
    tracked_since: datetime
    source_quantity: int
    line_quantity: int
    comment: str
    type: UploadType
    client_id_type: IdentifierKind | None
    key: str | None = None
    """The request's Idempotency-Key, under which the counter has at most one uploading."""
    static_calls: int | None = None
    """Of the accepted rows, where they are calls."""


class KeyTaken(Exception):  # noqa: N818 - not a fault: somebody was faster
    """Another request with the same key was written down in the meantime."""

    def __init__(self, uploading: Uploading) -> None:
        """uploading: what was accepted under the key."""
        self.uploading = uploading
        super().__init__(f"The key belongs to uploading {uploading.id}.")


def record(catalog: Catalog, accepted: Accepted) -> Uploading:
    """Write down an accepted file. From here on it survives whatever happens to this process.

    Raises KeyTaken, and writes nothing, where its key has an uploading already.
    """
    values = {
        "counter_id": accepted.counter_id,
        "status": UploadStatus.UPLOADED.value,
        "created_at": seconds(accepted.created_at),
        "source_quantity": accepted.source_quantity,
        "line_quantity": accepted.line_quantity,
        "comment": accepted.comment,
        "client_id_type": accepted.client_id_type and accepted.client_id_type.value,
        "type": accepted.type.value,
        "folder": accepted.folder,
        "tracked_since": seconds(accepted.tracked_since),
        "idempotency_key": accepted.key,
        "static_calls": accepted.static_calls,
    }
    try:
        with catalog.begin() as connection:
            return _uploading(connection.execute(_RECORD, values).one())
    except IntegrityError:
        if accepted.key is None:
            raise
        taken = uploading_under(catalog, accepted.counter_id, accepted.key)
        if taken is None:
            raise
        raise KeyTaken(taken) from None


_RECORD: Final = insert(UPLOADINGS).returning(UPLOADINGS)


def uploadings(
    catalog: Catalog, counter_id: int, *, type_: UploadType | None, limit: int, offset: int
) -> tuple[Uploading, ...]:
    """The uploadings of a counter, newest first.

    type_: None for those of every type. offset: how many of the newest to leave out.
    """
    is_asked = true() if type_ is None else UPLOADINGS.c.type == type_.value
    asked = (
        select(UPLOADINGS)
        .where(UPLOADINGS.c.counter_id == counter_id, is_asked)
        .order_by(UPLOADINGS.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    with catalog.connect() as connection:
        return tuple(_uploading(row) for row in connection.execute(asked))


def uploading(catalog: Catalog, counter_id: int, uploading_id: int) -> Uploading | None:
    """One uploading; None where the counter has none of this id, or is there no longer."""
    asked = {"uploading": uploading_id, "counter": counter_id}
    with catalog.connect() as connection:
        row = connection.execute(_ONE, asked).one_or_none()
    return None if row is None else _uploading(row)


# Built once: clients ask for it again and again, and building takes as long as the answer.
_ONE: Final = (
    select(UPLOADINGS)
    .join(COUNTERS)
    .where(
        UPLOADINGS.c.id == bindparam("uploading"),
        UPLOADINGS.c.counter_id == bindparam("counter"),
        COUNTERS.c.deleted_at.is_(None),
    )
)


def uploading_under(catalog: Catalog, counter_id: int, key: str) -> Uploading | None:
    """The uploading that was accepted under an Idempotency-Key; None where there is none yet."""
    asked = select(UPLOADINGS).where(
        UPLOADINGS.c.counter_id == counter_id, UPLOADINGS.c.idempotency_key == key
    )
    with catalog.connect() as connection:
        row = connection.execute(asked).one_or_none()
    return None if row is None else _uploading(row)


def outcome_counts(catalog: Catalog, uploading_id: int) -> dict[Outcome, int]:
    """Rows of an uploading by outcome; empty before its last status."""
    asked = select(UPLOADINGS.c.counts).where(UPLOADINGS.c.id == uploading_id)
    with catalog.connect() as connection:
        counts = connection.scalar(asked) or {}
    return {Outcome(outcome): rows for outcome, rows in counts.items()}


def quantities_by_status(catalog: Catalog) -> dict[UploadStatus, int]:
    """How many uploadings stand where."""
    quantity = func.count().label("quantity")
    asked = select(UPLOADINGS.c.status, quantity).group_by(UPLOADINGS.c.status)
    with catalog.connect() as connection:
        found = {row.status: row.quantity for row in connection.execute(asked)}
    return {status: found.get(status.value, 0) for status in UploadStatus}


def _uploading(row: Row[tuple[object, ...]]) -> Uploading:
    counts: Mapping[str, int] | None = row.counts
    static: int | None = row.static_calls
    return Uploading(
        id=UploadingId(row.id),
        status=UploadStatus(row.status),
        create_time=moment(row.created_at),
        source_quantity=row.source_quantity,
        line_quantity=row.line_quantity,
        comment=row.comment,
        client_id_type=row.client_id_type,
        type=row.type,
        linked_quantity=_rows(counts, Outcome.LINKED),
        user_not_found_quantity=_rows(counts, Outcome.VISITOR_NOT_FOUND),
        goal_not_found_quantity=_rows(counts, Outcome.GOAL_NOT_FOUND),
        static_calls_quantity=static,
        dynamic_calls_quantity=None if static is None else row.line_quantity - static,
    )


def _rows(counts: Mapping[str, int] | None, outcome: Outcome) -> int | None:
    return None if counts is None else counts.get(outcome.value, 0)
