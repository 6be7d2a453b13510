"""What if visits arrive after the conversions that belong to them?

Rows of an uploading that were not linked for want of a visit are linked again after each import of
visits of their counter, under the same lease as its life. What is found is appended: the links that
were there stay, and so do the cut-off and the goals of the first time. After a while, by default
the length of the window, an uploading is closed: its conversions may be sent again.
"""

from collections.abc import Iterator

import structlog

from visitjoin.contract.uploads import UploadingId
from visitjoin.linking import link
from visitjoin.receiver.catalog.leases import Lease
from visitjoin.receiver.catalog.progress import (
    Progress,
    conclude,
    counters_open_to_visits,
    open_to_visits,
    progress,
)
from visitjoin.receiver.lake.late import write_late_links, write_open_rows
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visits import imports_of_visits
from visitjoin.receiver.work.life import counted, last_status
from visitjoin.receiver.work.spool import Attempt, new_folder
from visitjoin.receiver.work.stores import Stores

_log = structlog.get_logger()


def late_for(stores: Stores) -> Iterator[UploadingId]:
    """The uploadings that have not seen the newest visits and could still link to them."""
    since = stores.clock() - stores.settings.late_visits
    for counter_id, seen in counters_open_to_visits(stores.catalog, since=since).items():
        imports = imports_of_visits(stores.lake, counter_id)
        if imports > seen:
            waiting = open_to_visits(stores.catalog, counter_id, since=since, imports=imports)
            yield from (uploading.id for uploading in waiting)


def link_late_visits(stores: Stores, uploading_id: UploadingId, lease: Lease) -> None:
    """Link the open rows of an uploading once more, and write down its counts.

    lease: that of the uploading. May be repeated after any failure. Raises LeaseLost.
    """
    uploading = progress(stores.catalog, uploading_id)
    # Counted before the visits are looked at, as at the first time.
    imports = imports_of_visits(stores.lake, uploading.counter_id)
    if uploading.visits_seen >= imports or not uploading.status.is_last:
        return  # somebody was faster
    folder = new_folder(stores.settings.spool)
    try:
        _append_what_is_found(stores, uploading, folder.new_attempt(), imports)
    finally:
        folder.remove()
    counts = counted(stores, uploading)
    status = last_status(counts)
    conclude(stores.catalog, lease, uploading.id, status, counts, imports=imports)
    _log.info("late_visits_linked", uploading=uploading.id, status=status.value)


def _append_what_is_found(
    stores: Stores, uploading: Progress, attempt: Attempt, imports: int
) -> None:
    write_open_rows(stores.lake, uploading.counter_id, uploading.id, into=attempt.conversions)
    link(
        visits=stores.lake.files(LakeTable.VISITS, uploading.counter_id),
        conversions=[attempt.conversions],
        targets=None,  # they reached a goal at the first time: what became of it since is no matter
        cut_off=uploading.cut_off(stores.clock()),
        out=attempt.found,
        memory_limit=stores.settings.memory_limit,
    )
    write_late_links(
        stores.lake,
        uploading.counter_id,
        uploading.id,
        found=attempt.found,
        imports=imports,
        into=attempt.links,
    )
    stores.lake.append(
        LakeTable.LATE_LINKS,
        attempt.links,
        counter_id=uploading.counter_id,
        uploading_id=uploading.id,
        round_=imports,
    )
