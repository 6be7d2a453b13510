"""What has to be set right in parts that were copied one after the other?

The catalog is the oldest of them. Two things are then in it or in the lake that a crash would not
leave there.
"""

from pathlib import Path

from visitjoin.receiver.backup.checking import facts_of
from visitjoin.receiver.catalog.copying import (
    give_no_id_up_to,
    known_counters,
    known_uploadings,
    take_for_matched,
)
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.lake.counting import OF_UPLOADINGS, rows_by_uploading
from visitjoin.receiver.lake.forgetting import remove
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import PARTITION, UPLOADING, LakeTable


def mend(catalog: Catalog, lake: Lake, spool: Path) -> int:
    """Make a restored catalog and a restored lake fit. Nobody may work on them.

    Returns how many uploadings were taken out of the lake: accepted after the catalog was copied.
    """
    _see_what_was_finished(catalog, lake, spool)
    return _take_out_unknown(catalog, lake)


def _see_what_was_finished(catalog: Catalog, lake: Lake, spool: Path) -> None:
    """Let uploadings go on without a folder that lost it because they were finished.

    A crash never leaves an uploading without its folder, so no step of its life would look for
    the rows in the lake alone, except the last one: the one that counts.
    """
    facts = facts_of(lake)
    finished = [
        uploading.id
        for uploading in known_uploadings(catalog)
        if not uploading.status.is_last
        and not (spool / uploading.folder).exists()
        and facts.hold(uploading)
    ]
    take_for_matched(catalog, finished)


def _take_out_unknown(catalog: Catalog, lake: Lake) -> int:
    """Remove what belongs to uploadings and counters that the catalog does not know.

    Their ids would be given again, to other uploadings and counters. And an id for which the lake
    has noted an append is not used again even so: the append of another would be left out.
    """
    newest = max((known.id for known in known_uploadings(catalog)), default=0)
    unknown = {
        uploading_id
        for table in OF_UPLOADINGS
        for uploading_id in rows_by_uploading(lake, table)
        if uploading_id > newest
    }
    if unknown:
        for table in OF_UPLOADINGS:
            remove(lake, lake.open(table), f"{UPLOADING} > {newest:d}")
        give_no_id_up_to(catalog, max(unknown))
    newest_counter = max(known_counters(catalog), default=0)
    for table in LakeTable:
        remove(lake, lake.open(table), f"{PARTITION} > {newest_counter:d}")
    return len(unknown)
