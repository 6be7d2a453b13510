"""Since when are the visits of a counter kept open for conversions, and since when for calls?"""

from datetime import datetime
from typing import Final

from sqlalchemy import Table, delete, insert, select

from visitjoin.contract.uploads import UploadType
from visitjoin.receiver.catalog.moments import moment, seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import CALLS_TRACKING, TRACKING

_TABLE: Final[dict[UploadType, Table]] = {
    UploadType.BASIC: TRACKING,
    UploadType.CALLS: CALLS_TRACKING,
}


def enable_tracking(
    catalog: Catalog, counter_id: int, type_: UploadType, *, since: datetime
) -> None:
    """Enable tracking from a moment on, aware, in place of an earlier one."""
    table = _TABLE[type_]
    with catalog.begin() as connection:
        connection.execute(delete(table).where(table.c.counter_id == counter_id))
        connection.execute(insert(table).values(counter_id=counter_id, enabled_at=seconds(since)))


def disable_tracking(catalog: Catalog, counter_id: int, type_: UploadType) -> None:
    """Disable tracking."""
    table = _TABLE[type_]
    with catalog.begin() as connection:
        connection.execute(delete(table).where(table.c.counter_id == counter_id))


def tracked_since(catalog: Catalog, counter_id: int, type_: UploadType) -> datetime | None:
    """When tracking was enabled, in UTC; None where it is off."""
    table = _TABLE[type_]
    with catalog.connect() as connection:
        enabled_at = connection.scalar(
            select(table.c.enabled_at).where(table.c.counter_id == counter_id)
        )
    return None if enabled_at is None else moment(enabled_at)
