"""How far has each uploading come?

Only who holds the leases of uploadings writes here, and every writing looks whether it still does.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Row, and_, func, select, update

from visitjoin.contract.outcomes import MAY_LINK_LATER, Outcome
from visitjoin.contract.uploads import UploadingId, UploadStatus, UploadType
from visitjoin.contract.window import cut_off
from visitjoin.receiver.catalog.leases import Lease, hold
from visitjoin.receiver.catalog.moments import maybe_moment, moment, seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.statuses import LAST, ON_THEIR_WAY
from visitjoin.receiver.catalog.tables import UPLOADINGS

Leases: TypeAlias = Mapping[UploadingId, Lease]
"""The leases that are held, by the uploading that each is of."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """An uploading, and where it stands. Times are aware."""

    id: UploadingId
    counter_id: int
    type: UploadType
    status: UploadStatus
    folder: str
    """Its name in the spool."""
    tracked_since: datetime
    source_quantity: int
    line_quantity: int
    processed_at: datetime | None
    """When linking first began."""
    visits_seen: int
    """Imports of visits that its counter had when it was last linked."""

    def cut_off(self, now: datetime) -> datetime:
        """The earliest start of a visit that can be linked. now: aware; until linking begins."""
        return cut_off(self.tracked_since, self.processed_at or now)


def progress(catalog: Catalog, uploading_id: int) -> Progress:
    """Where an uploading, which must be there, stands."""
    (found,) = progresses(catalog, [uploading_id])
    return found


def progresses(catalog: Catalog, uploading_ids: Collection[int]) -> tuple[Progress, ...]:
    """Where uploadings stand, oldest first."""
    asked = select(UPLOADINGS).where(_is_among(uploading_ids)).order_by(UPLOADINGS.c.id)
    with catalog.connect() as connection:
        return tuple(_progress(row) for row in connection.execute(asked))


def unfinished(catalog: Catalog) -> tuple[Progress, ...]:
    """The uploadings that are still on their way to their last status, oldest first."""
    asked = (
        select(UPLOADINGS).where(UPLOADINGS.c.status.in_(ON_THEIR_WAY)).order_by(UPLOADINGS.c.id)
    )
    with catalog.connect() as connection:
        return tuple(_progress(row) for row in connection.execute(asked))


def is_needed(catalog: Catalog, folder: str) -> bool:
    """Whether an uploading on its way needs a folder of the spool."""
    asked = select(UPLOADINGS.c.id).where(
        UPLOADINGS.c.status.in_(ON_THEIR_WAY), UPLOADINGS.c.folder == folder
    )
    with catalog.connect() as connection:
        return connection.execute(asked).first() is not None


def counters_open_to_visits(catalog: Catalog, *, since: datetime) -> dict[int, int]:
    """The counters that have uploadings with rows that a later visit may link.

    since: those that were processed after this moment.

    Returns of each counter how many imports of visits the least informed of them has seen.
    """
    least = func.min(func.coalesce(UPLOADINGS.c.visits_seen, 0)).label("seen")
    asked = (
        select(UPLOADINGS.c.counter_id, least)
        .where(_is_open(since))
        .group_by(UPLOADINGS.c.counter_id)
    )
    with catalog.connect() as connection:
        return {row.counter_id: row.seen for row in connection.execute(asked)}


def open_to_visits(
    catalog: Catalog, counter_id: int, *, since: datetime, imports: int
) -> tuple[Progress, ...]:
    """The uploadings of a counter with rows that a later visit may link, oldest first.

    since: as above. imports: how many the counter has by now; who has seen all is left out.
    """
    asked = (
        select(UPLOADINGS)
        .where(
            _is_open(since),
            UPLOADINGS.c.counter_id == counter_id,
            func.coalesce(UPLOADINGS.c.visits_seen, 0) < imports,
        )
        .order_by(UPLOADINGS.c.id)
    )
    with catalog.connect() as connection:
        return tuple(_progress(row) for row in connection.execute(asked))


def begin_linking(catalog: Catalog, leases: Leases, *, now: datetime, imports: int) -> None:
    """Write down when the linking of uploadings first began: now, unless it was begun before.

    imports: of visits, that the links will have seen. Raises LeaseLost, and then writes nothing.
    """
    began = func.coalesce(UPLOADINGS.c.processed_at, seconds(now))
    _write(catalog, leases, {"processed_at": began, "visits_seen": imports})


def advance(catalog: Catalog, leases: Leases, status: UploadStatus) -> None:
    """Write down how far uploadings have come. Raises LeaseLost, and then writes nothing."""
    _write(catalog, leases, {"status": status.value})


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """What became of an uploading."""

    status: UploadStatus
    """Its last."""
    counts: Mapping[Outcome, int]
    """Rows by outcome."""
    visits_seen: int
    """Imports of visits that the counts have seen."""


def conclude(
    catalog: Catalog, leases: Leases, conclusions: Mapping[UploadingId, Conclusion]
) -> None:
    """Write down what became of uploadings, for the first time or anew.

    Raises LeaseLost, and then writes nothing.
    """
    with catalog.begin() as connection:
        for uploading_id, found in conclusions.items():
            values = {
                "status": found.status.value,
                "counts": {outcome.value: rows for outcome, rows in found.counts.items()},
                "open_rows": sum(found.counts.get(outcome, 0) for outcome in MAY_LINK_LATER),
                "visits_seen": found.visits_seen,
            }
            hold(connection, leases[uploading_id])
            connection.execute(update(UPLOADINGS).where(_is_among([uploading_id])).values(values))


def _write(catalog: Catalog, leases: Leases, values: Mapping[str, object]) -> None:
    with catalog.begin() as connection:
        for lease in leases.values():
            hold(connection, lease)
        connection.execute(update(UPLOADINGS).where(_is_among(leases)).values(values))


def _is_among(uploading_ids: Collection[int]) -> ColumnElement[bool]:
    return UPLOADINGS.c.id.in_(list(uploading_ids))


def _is_open(since: datetime) -> ColumnElement[bool]:
    return and_(
        UPLOADINGS.c.processed_at > seconds(since),
        UPLOADINGS.c.open_rows > 0,
        UPLOADINGS.c.status.in_(LAST),
    )


def _progress(row: Row[tuple[object, ...]]) -> Progress:
    return Progress(
        id=UploadingId(row.id),
        counter_id=row.counter_id,
        type=UploadType(row.type),
        status=UploadStatus(row.status),
        folder=row.folder,
        tracked_since=moment(row.tracked_since),
        source_quantity=row.source_quantity,
        line_quantity=row.line_quantity,
        processed_at=maybe_moment(row.processed_at),
        visits_seen=row.visits_seen or 0,
    )
