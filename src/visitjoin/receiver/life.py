"""What happens to an uploading after it was answered?

    UPLOADED --export--> EXPORTED --link--> MATCHED --conclude--> PROCESSED or LINKAGE_FAILURE

Each step first does its work and then writes down that it is done, so after a crash the step that
was not written down is done again. Each can be repeated: an append that was made is not made
again, and linking takes its cut-off from the moment when it first began.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog

from visitjoin.contract.clock import Clock
from visitjoin.contract.errors import EngineError
from visitjoin.contract.goals import targets_of
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.uploads import UploadStatus, UploadType
from visitjoin.contract.window import cut_off
from visitjoin.disk.durable import sync
from visitjoin.linking import link
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.uploadings import Unfinished, advance, begin_linking
from visitjoin.receiver.config import Settings
from visitjoin.receiver.lake.answers import links_by_outcome
from visitjoin.receiver.lake.calls import write_dynamic_calls, write_links_of_calls
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.spool import Folder

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Stores:
    """What the steps work on."""

    settings: Settings
    catalog: Catalog
    lake: Lake
    clock: Clock

    def folder(self, uploading: Unfinished) -> Folder:
        """The files of an uploading."""
        return Folder(self.settings.spool / uploading.folder)


def carry_on(stores: Stores, uploading: Unfinished) -> UploadStatus:
    """Take an uploading from where it stands to its last status, and return that."""
    status = uploading.status
    while not status.is_last:
        status = _STEPS[status](stores, replace(uploading, status=status))
        _log.info("uploading_advanced", uploading=uploading.id, status=status.value)
    return status


def export(stores: Stores, uploading: Unfinished) -> UploadStatus:
    """Put the facts, accepted rows and rejected ones, into the lake."""
    folder = stores.folder(uploading)
    facts = {LakeTable.CONVERSIONS: folder.conversions, LakeTable.REJECTS: folder.rejects}
    if uploading.type is UploadType.CALLS:
        facts[LakeTable.CALLS] = folder.conversions
    for table, rows in facts.items():
        stores.lake.append(table, rows, counter_id=uploading.counter_id, uploading_id=uploading.id)
    advance(stores.catalog, uploading.id, UploadStatus.EXPORTED)
    return UploadStatus.EXPORTED


def match(stores: Stores, uploading: Unfinished) -> UploadStatus:
    """Find the visit of every conversion, and put the links into the lake."""
    folder = stores.folder(uploading)
    if not folder.links.exists():
        _link(stores, uploading, folder)
    stores.lake.append(
        LakeTable.LINKS,
        folder.links,
        counter_id=uploading.counter_id,
        uploading_id=uploading.id,
    )
    advance(stores.catalog, uploading.id, UploadStatus.MATCHED)
    return UploadStatus.MATCHED


def _link(stores: Stores, uploading: Unfinished, folder: Folder) -> None:
    if uploading.type is UploadType.CALLS:
        _link_calls(stores, uploading, folder)
    else:
        _link_rows(stores, uploading, folder.conversions, folder.unfinished_links)
    # Computed once: a part of them may be in the lake when we die, and goals and visits may have
    # changed by the next try.
    sync(folder.unfinished_links)
    folder.unfinished_links.rename(folder.links)
    sync(folder.path)


def _link_calls(stores: Stores, uploading: Unfinished, folder: Folder) -> None:
    """Link the dynamic calls; static ones are never looked for among the visits."""
    write_dynamic_calls(stores.lake, folder.conversions, folder.dynamic_calls)
    _link_rows(stores, uploading, folder.dynamic_calls, folder.dynamic_links)
    write_links_of_calls(
        stores.lake, folder.conversions, folder.dynamic_links, folder.unfinished_links
    )


def _link_rows(stores: Stores, uploading: Unfinished, conversions: Path, out: Path) -> None:
    began = begin_linking(stores.catalog, uploading.id, now=stores.clock())
    link(
        visits=stores.lake.files(LakeTable.VISITS, uploading.counter_id),
        conversions=[conversions],
        targets=set(targets_of(goals(stores.catalog, uploading.counter_id))),
        cut_off=cut_off(uploading.tracked_since, began),
        out=out,
        memory_limit=stores.settings.memory_limit,
    )


def conclude(stores: Stores, uploading: Unfinished) -> UploadStatus:
    """Count the outcomes of the rows, clear the folder away, and write down the last status."""
    linked = links_by_outcome(stores.lake, uploading.counter_id, uploading.id)
    counts = _counts(uploading, linked)
    status = UploadStatus.PROCESSED if counts[Outcome.LINKED] else UploadStatus.LINKAGE_FAILURE
    # The folder first: nothing above needs it, and where the last status is, no folder is left.
    stores.folder(uploading).remove()
    advance(stores.catalog, uploading.id, status, counts)
    return status


def _counts(uploading: Unfinished, linked: Mapping[Outcome, int]) -> dict[Outcome, int]:
    counts = {outcome: linked.get(outcome, 0) for outcome in Outcome}
    counts[Outcome.REJECTED] = uploading.source_quantity - uploading.line_quantity
    if sum(counts.values()) != uploading.source_quantity:
        raise EngineError(
            "The outcomes of an uploading do not add up to its rows.", query="links_by_outcome.sql"
        )
    return counts


_STEPS: Final = {
    UploadStatus.PREPARED: export,
    UploadStatus.UPLOADED: export,
    UploadStatus.EXPORTED: match,
    UploadStatus.MATCHED: conclude,
}
