"""Which uploadings are old?"""

from datetime import datetime

from sqlalchemy import func, or_, select

from visitjoin.receiver.catalog.moments import seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.statuses import ON_THEIR_WAY
from visitjoin.receiver.catalog.tables import UPLOADINGS


def all_ended_before(catalog: Catalog, moment: datetime) -> int:
    """The greatest id up to which every uploading was accepted before a moment and has ended.

    moment: aware. 0 where the oldest uploading is younger, or is on its way.
    """
    is_kept = or_(UPLOADINGS.c.created_at >= seconds(moment), UPLOADINGS.c.status.in_(ON_THEIR_WAY))
    with catalog.connect() as connection:
        first_kept = connection.scalar(select(func.min(UPLOADINGS.c.id)).where(is_kept))
        newest = connection.scalar(select(func.max(UPLOADINGS.c.id)))
    return (newest or 0) if first_kept is None else first_kept - 1
