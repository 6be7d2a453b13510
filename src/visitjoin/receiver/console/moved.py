"""Has anything moved since that an answer about a counter depends on?"""

from typing import Final, TypeAlias

from visitjoin.receiver.catalog.corrections import corrections
from visitjoin.receiver.catalog.progress import unfinished
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.work.stores import Stores

Version: TypeAlias = tuple[object, ...]
"""Of all that the answers are made of; another one after any change."""

_TABLES: Final = (
    LakeTable.VISITS,
    LakeTable.CONVERSIONS,
    LakeTable.REJECTS,
    LakeTable.LINKS,
    LakeTable.LATE_LINKS,
)


def version_of(stores: Stores, counter_id: int) -> Version:
    """The version of what is known about a counter now."""
    newest = corrections(stores.catalog, counter_id, limit=1)
    waiting = tuple(
        uploading.id
        for uploading in unfinished(stores.catalog)
        if uploading.counter_id == counter_id
    )
    today = stores.clock().date()
    tables = tuple(stores.lake.open(table).version() for table in _TABLES)
    return (tables, waiting, newest[0].id if newest else 0, today)
