"""How long have uploadings been waiting?"""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from visitjoin.contract.uploads import UploadStatus
from visitjoin.receiver.catalog.moments import moment
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import UPLOADINGS

# Named one by one, so that the index of statuses finds them among millions that are finished.
_ON_THEIR_WAY: Final = [status.value for status in UploadStatus if not status.is_last]


def oldest_unfinished(catalog: Catalog) -> datetime | None:
    """When the oldest uploading was accepted that is on its way, in UTC; None where none is."""
    asked = select(func.min(UPLOADINGS.c.created_at)).where(UPLOADINGS.c.status.in_(_ON_THEIR_WAY))
    with catalog.connect() as connection:
        accepted_at = connection.scalar(asked)
    return None if accepted_at is None else moment(accepted_at)
