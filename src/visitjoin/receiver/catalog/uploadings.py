"""Which files were accepted, and how far has each come?

Nothing is kept here that the rows could not answer again, except how far an uploading has come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.uploads import Uploading, UploadingId, UploadStatus, UploadType
from visitjoin.receiver.catalog.moments import moment, seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import UPLOADINGS

_LAST: Final = [status.value for status in UploadStatus if status.is_last]


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


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """An uploading on its way to its last status."""

    id: UploadingId
    counter_id: int
    type: UploadType
    status: UploadStatus
    folder: str
    tracked_since: datetime
    source_quantity: int
    line_quantity: int


def record(catalog: Catalog, accepted: Accepted) -> Uploading:
    """Write down an accepted file. From here on it survives whatever happens to this process.

    Raises KeyTaken, and writes nothing, where its key has an uploading already.
    """
    recorded = insert(UPLOADINGS).values(
        counter_id=accepted.counter_id,
        status=UploadStatus.UPLOADED.value,
        created_at=seconds(accepted.created_at),
        source_quantity=accepted.source_quantity,
        line_quantity=accepted.line_quantity,
        comment=accepted.comment,
        client_id_type=accepted.client_id_type and accepted.client_id_type.value,
        type=accepted.type.value,
        folder=accepted.folder,
        tracked_since=seconds(accepted.tracked_since),
        idempotency_key=accepted.key,
        static_calls=accepted.static_calls,
    )
    try:
        with catalog.begin() as connection:
            return _uploading(connection.execute(recorded.returning(UPLOADINGS)).one())
    except IntegrityError:
        if accepted.key is None:
            raise
        taken = uploading_under(catalog, accepted.counter_id, accepted.key)
        if taken is None:
            raise
        raise KeyTaken(taken) from None


def uploadings(
    catalog: Catalog, counter_id: int, *, type_: UploadType, limit: int, offset: int
) -> tuple[Uploading, ...]:
    """The uploadings of a counter, newest first. offset: how many of the newest to leave out."""
    asked = (
        select(UPLOADINGS)
        .where(UPLOADINGS.c.counter_id == counter_id, UPLOADINGS.c.type == type_.value)
        .order_by(UPLOADINGS.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    with catalog.connect() as connection:
        return tuple(_uploading(row) for row in connection.execute(asked))


def uploading(catalog: Catalog, counter_id: int, uploading_id: int) -> Uploading | None:
    """One uploading; None where the counter has none of this id."""
    asked = select(UPLOADINGS).where(
        UPLOADINGS.c.id == uploading_id, UPLOADINGS.c.counter_id == counter_id
    )
    with catalog.connect() as connection:
        row = connection.execute(asked).one_or_none()
    return None if row is None else _uploading(row)


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


def unfinished(catalog: Catalog) -> tuple[Unfinished, ...]:
    """The uploadings that are still on their way, oldest first."""
    asked = select(UPLOADINGS).where(UPLOADINGS.c.status.not_in(_LAST)).order_by(UPLOADINGS.c.id)
    with catalog.connect() as connection:
        return tuple(_unfinished(row) for row in connection.execute(asked))


class LinkingTerms(NamedTuple):
    """What decided how far back the visits of an uploading may lie. Moments are aware."""

    tracked_since: datetime
    began: datetime
    """When linking first began."""


def linking_terms(catalog: Catalog, uploading_id: int) -> LinkingTerms:
    """The terms on which an uploading was linked, of one whose linking has begun."""
    asked = select(UPLOADINGS.c.tracked_since, UPLOADINGS.c.processed_at)
    with catalog.connect() as connection:
        row = connection.execute(asked.where(UPLOADINGS.c.id == uploading_id)).one()
    return LinkingTerms(moment(row.tracked_since), moment(row.processed_at))


def quantities_by_status(catalog: Catalog) -> dict[UploadStatus, int]:
    """How many uploadings stand where."""
    quantity = func.count().label("quantity")
    asked = select(UPLOADINGS.c.status, quantity).group_by(UPLOADINGS.c.status)
    with catalog.connect() as connection:
        found = {row.status: row.quantity for row in connection.execute(asked)}
    return {status: found.get(status.value, 0) for status in UploadStatus}


def begin_linking(catalog: Catalog, uploading_id: int, *, now: datetime) -> datetime:
    """When linking first began: now, unless it was begun before."""
    is_it = UPLOADINGS.c.id == uploading_id
    first = update(UPLOADINGS).where(is_it, UPLOADINGS.c.processed_at.is_(None))
    with catalog.begin() as connection:
        connection.execute(first.values(processed_at=seconds(now)))
        began = connection.scalar(select(UPLOADINGS.c.processed_at).where(is_it))
    return now if began is None else moment(began)


def advance(
    catalog: Catalog,
    uploading_id: int,
    status: UploadStatus,
    counts: Mapping[Outcome, int] | None = None,
) -> None:
    """Write down how far an uploading has come. counts: rows by outcome, with the last status."""
    values: dict[str, object] = {"status": status.value}
    if counts is not None:
        values["counts"] = {outcome.value: rows for outcome, rows in counts.items()}
    with catalog.begin() as connection:
        connection.execute(update(UPLOADINGS).where(UPLOADINGS.c.id == uploading_id).values(values))


def _unfinished(row: Row[tuple[object, ...]]) -> Unfinished:
    return Unfinished(
        id=UploadingId(row.id),
        counter_id=row.counter_id,
        type=UploadType(row.type),
        status=UploadStatus(row.status),
        folder=row.folder,
        tracked_since=moment(row.tracked_since),
        source_quantity=row.source_quantity,
        line_quantity=row.line_quantity,
    )


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
