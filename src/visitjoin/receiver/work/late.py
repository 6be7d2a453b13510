"""What if visits arrive after the conversions that belong to them?

Rows of an uploading that were not linked for want of a visit are linked again after each import of
visits of their counter, under the same lease as its life. What is found is appended: the links that
were there stay, and so do the cut-off and the goals of the first time. After a while, by default
the length of the window, an uploading is closed: its conversions may be sent again.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from visitjoin.receiver.catalog.progress import (
    Leases,
    Progress,
    conclude,
    counters_open_to_visits,
    open_to_visits,
    progresses,
)
from visitjoin.receiver.lake.late import write_late_links, write_open_rows
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visits import imports_of_visits
from visitjoin.receiver.work.life import Terms, concluded, link_rows
from visitjoin.receiver.work.spool import Attempt, new_folder
from visitjoin.receiver.work.stores import Stores

_log = structlog.get_logger()


def late_for(stores: Stores) -> Iterator[Sequence[Progress]]:
    """By counter, the uploadings that have not seen the newest visits and could still link to them.

    Oldest first.
    """
    since = stores.clock() - stores.settings.late_visits
    for counter_id, seen in counters_open_to_visits(stores.catalog, since=since).items():
        imports = imports_of_visits(stores.lake, counter_id)
        if imports > seen:
            yield open_to_visits(stores.catalog, counter_id, since=since, imports=imports)


def link_late_visits(stores: Stores, leases: Leases) -> None:
    """Link the open rows of a counter's uploadings once more, and write down their counts.

    leases: those of the uploadings. May be repeated after any failure. Raises LeaseLost.
    """
    held = progresses(stores.catalog, leases)
    # Counted before the visits are looked at, as at the first time.
    imports = imports_of_visits(stores.lake, held[0].counter_id)
    # Of the others somebody was faster.
    waiting = [one for one in held if one.visits_seen < imports and one.status.is_last]
    if not waiting:
        return
    _append_what_is_found(stores, waiting, imports)
    conclusions = concluded(stores, waiting, dict.fromkeys((one.id for one in waiting), imports))
    conclude(stores.catalog, leases, conclusions)
    for uploading_id, found in conclusions.items():
        _log.info("late_visits_linked", uploading=uploading_id, status=found.status.value)


def _append_what_is_found(stores: Stores, waiting: Sequence[Progress], imports: int) -> None:
    counter_id = waiting[0].counter_id
    # They reached a goal at the first time: what became of it since is no matter.
    terms = Terms(stores.lake.files(LakeTable.VISITS, counter_id), targets=None)
    folder = new_folder(stores.settings.spool)
    try:
        found = {
            one.id: _found(stores, one, terms, folder.new_attempt(), imports) for one in waiting
        }
        stores.lake.append(LakeTable.LATE_LINKS, found, counter_id=counter_id, round_=imports)
    finally:
        folder.remove()


def _found(
    stores: Stores, uploading: Progress, terms: Terms, attempt: Attempt, imports: int
) -> Path:
    """What has changed for an uploading."""
    write_open_rows(stores.lake, uploading.counter_id, uploading.id, into=attempt.conversions)
    link_rows(stores, uploading, terms, attempt.conversions, attempt.found)
    write_late_links(
        stores.lake,
        uploading.counter_id,
        uploading.id,
        found=attempt.found,
        imports=imports,
        into=attempt.links,
    )
    return attempt.links
