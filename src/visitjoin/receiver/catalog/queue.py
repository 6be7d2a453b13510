"""How long have uploadings been waiting?"""

from datetime import datetime

from sqlalchemy import func, select

from visitjoin.receiver.catalog.moments import maybe_moment
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.statuses import ON_THEIR_WAY
from visitjoin.receiver.catalog.tables import UPLOADINGS


def oldest_unfinished(catalog: Catalog) -> datetime | None:
    """When the oldest uploading was accepted that is on its way, in UTC; None where none is."""
    asked = select(func.min(UPLOADINGS.c.created_at)).where(UPLOADINGS.c.status.in_(ON_THEIR_WAY))
    with catalog.connect() as connection:
        accepted_at = connection.scalar(asked)
    return maybe_moment(accepted_at)
