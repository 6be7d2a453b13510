"""How many requests were made today? Kept here, so that a restart does not begin a new day."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Final

from sqlalchemy import delete, text

from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import REQUESTS

_COUNT: Final = text(files(__package__).joinpath("count_request.sql").read_text(encoding="utf-8"))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def count_request(catalog: Catalog, asked: str, *, now: datetime, most: int) -> bool:
    """Count a request of today, unless the day has as many as it may have.

    asked: by or of what, and in which group; now: aware, the day is that of Greenwich.

    Returns whether it was counted.
    """
    with catalog.begin() as connection:
        made = connection.scalar(_COUNT, {"asked": asked, "day": _day(now), "most": most})
    return made is not None


def forget_days_before(catalog: Catalog, now: datetime) -> None:
    """Remove the counts of the days before today's."""
    with catalog.begin() as connection:
        connection.execute(delete(REQUESTS).where(REQUESTS.c.day < _day(now)))


def _day(now: datetime) -> int:
    return (now - _EPOCH) // timedelta(days=1)
