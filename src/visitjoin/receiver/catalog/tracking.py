"""Since when are the visits of a counter kept open for conversions?"""

from datetime import datetime

from sqlalchemy import delete, insert, select

from visitjoin.receiver.catalog.moments import moment, seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import TRACKING


def enable_tracking(catalog: Catalog, counter_id: int, *, since: datetime) -> None:
    """Enable tracking from a moment on, aware, in place of an earlier one."""
    with catalog.begin() as connection:
        connection.execute(delete(TRACKING).where(TRACKING.c.counter_id == counter_id))
        connection.execute(
            insert(TRACKING).values(counter_id=counter_id, enabled_at=seconds(since))
        )


def disable_tracking(catalog: Catalog, counter_id: int) -> None:
    """Disable tracking."""
    with catalog.begin() as connection:
        connection.execute(delete(TRACKING).where(TRACKING.c.counter_id == counter_id))


def tracked_since(catalog: Catalog, counter_id: int) -> datetime | None:
    """When tracking was enabled, in UTC; None where it is off."""
    asked = select(TRACKING.c.enabled_at).where(TRACKING.c.counter_id == counter_id)
    with catalog.connect() as connection:
        enabled_at = connection.scalar(asked)
    return None if enabled_at is None else moment(enabled_at)
