"""Which counters are there?"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import to_builtins
from sqlalchemy import Row, bindparam, insert, select, update

from visitjoin.contract.counters import (
    DEFAULT_VISIT_THRESHOLD,
    CollectionSettings,
    Counter,
    CounterId,
)
from visitjoin.receiver.catalog.moments import moment, seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import COUNTERS


def create_counter(
    catalog: Catalog,
    *,
    name: str,
    site: str,
    time_zone_name: str,
    now: datetime,
    visit_threshold: int = DEFAULT_VISIT_THRESHOLD,
    collection: CollectionSettings | None = None,
) -> Counter:
    """Make a counter.

    time_zone_name: of the tz database, and known to this machine; visit_threshold: seconds.
    """
    created = insert(COUNTERS).values(
        name=name,
        site=site,
        time_zone_name=time_zone_name,
        created_at=seconds(now),
        visit_threshold=visit_threshold,
        **to_builtins(collection or CollectionSettings()),
    )
    with catalog.begin() as connection:
        row = connection.execute(created.returning(COUNTERS)).one()
    return _counter(row, now)


def counters(
    catalog: Catalog, *, now: datetime, only: Collection[int] | None = None
) -> tuple[Counter, ...]:
    """All counters, oldest first. now: for the zone's present offset; only: those of these ids."""
    asked = select(COUNTERS).where(COUNTERS.c.deleted_at.is_(None)).order_by(COUNTERS.c.id)
    if only is not None:
        asked = asked.where(COUNTERS.c.id.in_(only))
    with catalog.connect() as connection:
        return tuple(_counter(row, now) for row in connection.execute(asked))


def counter(catalog: Catalog, counter_id: int, *, now: datetime) -> Counter | None:
    """One counter; None where there is none, or no longer."""
    with catalog.connect() as connection:
        row = connection.execute(_ONE, {"counter": counter_id}).one_or_none()
    return None if row is None else _counter(row, now)


def is_there(catalog: Catalog, counter_id: int) -> bool:
    """Whether there is such a counter."""
    with catalog.connect() as connection:
        return connection.execute(_ONE, {"counter": counter_id}).one_or_none() is not None


# Built once, for it is asked with almost every call.
_ONE: Final = select(COUNTERS).where(
    COUNTERS.c.id == bindparam("counter"), COUNTERS.c.deleted_at.is_(None)
)


def change_counter(catalog: Catalog, counter_id: int, changed: Mapping[str, object]) -> None:
    """Change a counter. changed: by names of columns of the catalog's table."""
    if changed:
        with catalog.begin() as connection:
            connection.execute(update(COUNTERS).where(COUNTERS.c.id == counter_id).values(changed))


def delete_counter(catalog: Catalog, counter_id: int, *, now: datetime) -> None:
    """Hide a counter. Its facts stay."""
    deleted = update(COUNTERS).where(COUNTERS.c.id == counter_id).values(deleted_at=seconds(now))
    with catalog.begin() as connection:
        connection.execute(deleted)


def _counter(row: Row[tuple[object, ...]], now: datetime) -> Counter:
    offset = now.astimezone(ZoneInfo(row.time_zone_name)).utcoffset()
    return Counter(
        id=CounterId(row.id),
        name=row.name,
        site=row.site,
        time_zone_name=row.time_zone_name,
        visit_threshold=row.visit_threshold,
        time_zone_offset=int(offset.total_seconds() // 60) if offset is not None else 0,
        create_time=moment(row.created_at).isoformat().replace("+00:00", "Z"),
    )
