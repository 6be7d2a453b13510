"""What happens to an uploading after it was answered?

    UPLOADED --export--> EXPORTED --match--> MATCHED --end--> PROCESSED or LINKAGE_FAILURE

Each step first does its work and then writes down that it is done, so after a crash the step that
was not written down is done again, by whoever comes first. Each can be repeated: an append that was
made is not made again, and linking takes its cut-off from the moment when it first began. Only one
works on an uploading, under a lease; who lost it without knowing can do the work, but not write it
down: the lake refuses an append that another has made, and the catalog looks at the lease.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import structlog

from visitjoin.contract.errors import EngineError
from visitjoin.contract.goals import targets_of
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.uploads import UploadingId, UploadStatus, UploadType
from visitjoin.contract.window import cut_off
from visitjoin.disk.durable import sync
from visitjoin.linking import link
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.leases import Lease
from visitjoin.receiver.catalog.progress import (
    Progress,
    advance,
    begin_linking,
    conclude,
    progress,
)
from visitjoin.receiver.lake.answers import links_by_outcome
from visitjoin.receiver.lake.calls import write_dynamic_calls, write_links_of_calls
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visits import imports_of_visits
from visitjoin.receiver.work.measured import finished, timed
from visitjoin.receiver.work.spool import Attempt
from visitjoin.receiver.work.stores import Stores

_log = structlog.get_logger()

Step: TypeAlias = Callable[[Stores, Progress, Lease], None]
"""Takes an uploading one status further. Raises LeaseLost where another has taken it over."""


Stays: TypeAlias = Callable[[UploadStatus], bool]
"""Says of a status whether uploadings are to be left in it, for now: only a sandbox wants that."""


def never(_: UploadStatus) -> bool:
    """Uploadings are left in no status."""
    return False


def carry_on(
    stores: Stores, uploading_id: UploadingId, lease: Lease, stays: Stays = never
) -> UploadStatus:
    """Take an uploading from where it stands to its last status, and return that.

    lease: that of the uploading; stays: where to end before. Raises LeaseLost where another has
    taken it over.
    """
    # Asked now that it is held: another may have worked on it a moment ago.
    uploading = progress(stores.catalog, uploading_id)
    while not uploading.status.is_last and not stays(uploading.status):
        with timed(uploading.status):
            _STEPS[uploading.status](stores, uploading, lease)
        uploading = progress(stores.catalog, uploading_id)
        _log.info("uploading_advanced", uploading=uploading.id, status=uploading.status.value)
    return uploading.status


def export(stores: Stores, uploading: Progress, lease: Lease) -> None:
    """Put the facts, accepted rows and rejected ones, into the lake."""
    folder = stores.folder(uploading)
    facts = {LakeTable.CONVERSIONS: folder.conversions, LakeTable.REJECTS: folder.rejects}
    if uploading.type is UploadType.CALLS:
        facts[LakeTable.CALLS] = folder.conversions
    if uploading.type is UploadType.CHATS:
        facts[LakeTable.CHATS] = folder.conversions
    for table, rows in facts.items():
        stores.lake.append(table, rows, counter_id=uploading.counter_id, uploading_id=uploading.id)
    advance(stores.catalog, lease, uploading.id, UploadStatus.EXPORTED)


def match(stores: Stores, uploading: Progress, lease: Lease) -> None:
    """Find the visit of every conversion, and put the links into the lake."""
    folder = stores.folder(uploading)
    if not folder.links.exists():
        _link(stores, uploading, lease)
    stores.lake.append(
        LakeTable.LINKS,
        folder.links,
        counter_id=uploading.counter_id,
        uploading_id=uploading.id,
    )
    advance(stores.catalog, lease, uploading.id, UploadStatus.MATCHED)


def _link(stores: Stores, uploading: Progress, lease: Lease) -> None:
    folder = stores.folder(uploading)
    attempt = folder.new_attempt()
    if uploading.type is UploadType.CALLS:
        _link_calls(stores, uploading, lease, attempt)
    else:
        _link_rows(stores, uploading, lease, folder.conversions, attempt.links)
    # Computed once: a part of them may be in the lake when we die, and goals and visits may have
    # changed by the next try.
    sync(attempt.links)
    attempt.links.rename(folder.links)
    sync(folder.path)


def _link_calls(stores: Stores, uploading: Progress, lease: Lease, attempt: Attempt) -> None:
    """Link the dynamic calls; static ones are never looked for among the visits."""
    calls = stores.folder(uploading).conversions
    write_dynamic_calls(stores.lake, calls, attempt.conversions)
    _link_rows(stores, uploading, lease, attempt.conversions, attempt.found)
    write_links_of_calls(stores.lake, calls, attempt.found, attempt.links)


def _link_rows(
    stores: Stores, uploading: Progress, lease: Lease, conversions: Path, out: Path
) -> None:
    # Counted before the visits are looked at: one that comes in between is taken for unseen, and
    # is looked at once more.
    imports = imports_of_visits(stores.lake, uploading.counter_id)
    began = begin_linking(stores.catalog, lease, uploading.id, now=stores.clock(), imports=imports)
    link(
        visits=stores.lake.files(LakeTable.VISITS, uploading.counter_id),
        conversions=[conversions],
        targets=set(targets_of(goals(stores.catalog, uploading.counter_id))),
        cut_off=cut_off(uploading.tracked_since, began),
        out=out,
        memory_limit=stores.settings.memory_limit,
    )


def end(stores: Stores, uploading: Progress, lease: Lease) -> None:
    """Count the outcomes of the rows, clear the folder away, and write down the last status."""
    counts = counted(stores, uploading)
    # The folder first: nothing above needs it, and where the last status is, no folder is left.
    stores.folder(uploading).remove()
    status = last_status(counts)
    conclude(stores.catalog, lease, uploading.id, status, counts, imports=uploading.visits_seen)
    finished(counts)


def counted(stores: Stores, uploading: Progress) -> dict[Outcome, int]:
    """How many rows of an uploading ended where, as the lake has it. They add up to all."""
    linked = links_by_outcome(stores.lake, uploading.counter_id, uploading.id)
    counts = {outcome: linked.get(outcome, 0) for outcome in Outcome}
    counts[Outcome.REJECTED] = uploading.source_quantity - uploading.line_quantity
    if sum(counts.values()) != uploading.source_quantity:
        raise EngineError(
            "The outcomes of an uploading do not add up to its rows.", query="links_by_outcome.sql"
        )
    return counts


def last_status(counts: Mapping[Outcome, int]) -> UploadStatus:
    """Where an uploading ends whose rows ended so."""
    return UploadStatus.PROCESSED if counts[Outcome.LINKED] else UploadStatus.LINKAGE_FAILURE


_STEPS: Final[dict[UploadStatus, Step]] = {
    UploadStatus.PREPARED: export,
    UploadStatus.UPLOADED: export,
    UploadStatus.EXPORTED: match,
    UploadStatus.MATCHED: end,
}
