"""What happens to uploadings after they were answered?

    UPLOADED --export--> EXPORTED --match--> MATCHED --end--> PROCESSED or LINKAGE_FAILURE

Each step first does its work and then writes down that it is done, so after a crash the step that
was not written down is done again, by whoever comes first. Each can be repeated: an append that was
made is not made again, and linking takes its cut-off from the moment when it first began. Only one
works on an uploading, under a lease; who lost it without knowing can do the work, but not write it
down: the lake refuses an append that another has made, and the catalog looks at the lease.

A step takes a lot of uploadings (see `lots`), often of one: what they have in common is done once.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import duckdb
import structlog

from visitjoin.contract.errors import EngineError
from visitjoin.contract.goals import targets_of
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.uploads import UploadingId, UploadStatus, UploadType
from visitjoin.disk.durable import sync
from visitjoin.linking import link
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.progress import (
    Conclusion,
    Leases,
    Progress,
    advance,
    begin_linking,
    conclude,
    progresses,
)
from visitjoin.receiver.lake.answers import links_by_outcome
from visitjoin.receiver.lake.calls import write_dynamic_calls, write_links_of_calls
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visits import imports_of_visits
from visitjoin.receiver.work.lots import is_small
from visitjoin.receiver.work.measured import finished, timed
from visitjoin.receiver.work.spool import Attempt
from visitjoin.receiver.work.stores import Stores

_log = structlog.get_logger()


@dataclass(frozen=True)
class Lot:
    """Uploadings of one counter that stand at one status, and the leases under which they do."""

    uploadings: Sequence[Progress]
    """One at least."""
    leases: Leases

    @property
    def counter_id(self) -> int:
        """Whose they are."""
        return self.uploadings[0].counter_id


Step: TypeAlias = Callable[[Stores, Lot], None]
"""Takes a lot one status further. Raises LeaseLost where another has taken one of it over."""


Stays: TypeAlias = Callable[[UploadStatus], bool]
"""Says of a status whether uploadings are to be left in it, for now: only a sandbox wants that."""


def never(_: UploadStatus) -> bool:
    """Uploadings are left in no status."""
    return False


def carry_on(stores: Stores, leases: Leases, stays: Stays = never) -> None:
    """Take a counter's uploadings from where they stand to their last status.

    leases: those of the uploadings; stays: where to end before. Raises LeaseLost where another has
    taken one of them over.
    """
    for status, step in _STEPS.items():
        # Asked now that they are held: another may have worked on them a moment ago.
        lot = _at(status, stores, leases)
        if lot is None or stays(status):
            continue
        with timed(status):
            step(stores, lot)
        for uploading in progresses(stores.catalog, lot.leases):
            _log.info("uploading_advanced", uploading=uploading.id, status=uploading.status.value)


def _at(status: UploadStatus, stores: Stores, leases: Leases) -> Lot | None:
    """Those uploadings that stand at a status; None where none does."""
    found = [one for one in progresses(stores.catalog, leases) if one.status is status]
    return Lot(found, {one.id: leases[one.id] for one in found}) if found else None


def export(stores: Stores, lot: Lot) -> None:
    """Put the facts, accepted rows and rejected ones, into the lake."""
    facts: dict[LakeTable, dict[UploadingId, Path]] = defaultdict(dict)
    for uploading in lot.uploadings:
        for table, rows in _facts(stores, uploading).items():
            facts[table][uploading.id] = rows
    for table, files in facts.items():
        stores.lake.append(table, files, counter_id=lot.counter_id)
    advance(stores.catalog, lot.leases, UploadStatus.EXPORTED)


def _facts(stores: Stores, uploading: Progress) -> Mapping[LakeTable, Path]:
    folder = stores.folder(uploading)
    facts = {LakeTable.CONVERSIONS: folder.conversions, LakeTable.REJECTS: folder.rejects}
    if table := _OF_TYPE.get(uploading.type):
        facts[table] = folder.conversions
    return facts


_OF_TYPE: Final = {UploadType.CALLS: LakeTable.CALLS, UploadType.CHATS: LakeTable.CHATS}


def match(stores: Stores, lot: Lot) -> None:
    """Find the visit of every conversion, and put the links into the lake."""
    links = {one.id: stores.folder(one).links for one in lot.uploadings}
    if new := [one.id for one in lot.uploadings if not links[one.id].exists()]:
        _link(stores, lot.counter_id, {id_: lot.leases[id_] for id_ in new})
    stores.lake.append(LakeTable.LINKS, links, counter_id=lot.counter_id)
    advance(stores.catalog, lot.leases, UploadStatus.MATCHED)


@dataclass(frozen=True)
class Terms:
    """What the uploadings of a lot are linked with."""

    visits: Sequence[str]
    """Files of the counter's visits."""
    targets: frozenset[str] | None
    """Those that reach a goal; None where all do."""


def _link(stores: Stores, counter_id: int, leases: Leases) -> None:
    # Counted before the visits are looked at: one that comes in between is taken for unseen, and
    # is looked at once more.
    imports = imports_of_visits(stores.lake, counter_id)
    begin_linking(stores.catalog, leases, now=stores.clock(), imports=imports)
    terms = Terms(
        stores.lake.files(LakeTable.VISITS, counter_id),
        frozenset(targets_of(goals(stores.catalog, counter_id))),
    )
    for uploading in progresses(stores.catalog, leases):
        folder = stores.folder(uploading)
        attempt = folder.new_attempt()
        if uploading.type is UploadType.CALLS:
            _link_calls(stores, uploading, terms, attempt)
        else:
            link_rows(stores, uploading, terms, folder.conversions, attempt.links)
        # Computed once: a part of them may be in the lake when we die, and goals and visits may
        # have changed by the next try.
        sync(attempt.links)
        attempt.links.rename(folder.links)
        sync(folder.path)


def _link_calls(stores: Stores, uploading: Progress, terms: Terms, attempt: Attempt) -> None:
    """Link the dynamic calls; static ones are never looked for among the visits."""
    calls = stores.folder(uploading).conversions
    write_dynamic_calls(stores.lake, calls, attempt.conversions)
    link_rows(stores, uploading, terms, attempt.conversions, attempt.found)
    write_links_of_calls(stores.lake, calls, attempt.found, attempt.links)


def link_rows(
    stores: Stores, uploading: Progress, terms: Terms, conversions: Path, out: Path
) -> None:
    """Find the visits of some conversions of an uploading. Both are Parquet files."""
    with _engine_for(stores, uploading) as engine:
        link(
            visits=terms.visits,
            conversions=[conversions],
            targets=terms.targets,
            cut_off=uploading.cut_off(stores.clock()),
            out=out,
            memory_limit=stores.settings.memory_limit,
            engine=engine,
        )


def _engine_for(
    stores: Stores, uploading: Progress
) -> AbstractContextManager[duckdb.DuckDBPyConnection | None]:
    """What to link an uploading with: the lake's engine, or None, one that goes with its memory."""
    return stores.lake.connect() if is_small(uploading) else nullcontext()


def end(stores: Stores, lot: Lot) -> None:
    """Count the outcomes of the rows, clear the folders away, and write down the last status."""
    conclusions = concluded(
        stores, lot.uploadings, {one.id: one.visits_seen for one in lot.uploadings}
    )
    # The folders first: nothing above needs them, and where the last status is, no folder is left.
    for uploading in lot.uploadings:
        stores.folder(uploading).remove()
    conclude(stores.catalog, lot.leases, conclusions)
    for found in conclusions.values():
        finished(found.counts)


def concluded(
    stores: Stores, uploadings: Sequence[Progress], visits_seen: Mapping[UploadingId, int]
) -> dict[UploadingId, Conclusion]:
    """What became of a counter's uploadings, as the lake has it. The counts add up to all rows.

    visits_seen: imports of visits that each has seen.
    """
    linked = links_by_outcome(stores.lake, uploadings[0].counter_id, [one.id for one in uploadings])
    conclusions = {}
    for uploading in uploadings:
        counts = _counts(uploading, linked[uploading.id])
        conclusions[uploading.id] = Conclusion(
            status=_last_status(counts), counts=counts, visits_seen=visits_seen[uploading.id]
        )
    return conclusions


def _counts(uploading: Progress, linked: Mapping[Outcome, int]) -> dict[Outcome, int]:
    counts = {outcome: linked.get(outcome, 0) for outcome in Outcome}
    counts[Outcome.REJECTED] = uploading.source_quantity - uploading.line_quantity
    if sum(counts.values()) != uploading.source_quantity:
        raise EngineError(
            "The outcomes of an uploading do not add up to its rows.", query="links_by_outcome.sql"
        )
    return counts


def _last_status(counts: Mapping[Outcome, int]) -> UploadStatus:
    return UploadStatus.PROCESSED if counts[Outcome.LINKED] else UploadStatus.LINKAGE_FAILURE


_STEPS: Final[dict[UploadStatus, Step]] = {
    UploadStatus.PREPARED: export,
    UploadStatus.UPLOADED: export,
    UploadStatus.EXPORTED: match,
    UploadStatus.MATCHED: end,
}
"""In the order of the life."""
