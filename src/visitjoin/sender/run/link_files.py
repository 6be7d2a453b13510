"""The join alone, on files: a table of visits, a table of conversions, and what became of each.

The same checks and the same join as the receiver's, with no server and nothing sent.
"""

from collections.abc import Collection
from collections.abc import Mapping as ReadOnlyDict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.window import WINDOW, cut_off
from visitjoin.disk.scratch import scratch
from visitjoin.linking import check_memory_limit, link
from visitjoin.prepare import Mapping, Source, prepare
from visitjoin.prepare.visits import prepare_visits
from visitjoin.sender.tables.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class LinkedFiles:
    """What became of two tables."""

    rows: int
    """Of the conversions."""
    outcomes: ReadOnlyDict[Outcome, int]
    """With `left_out` they add up to `rows`."""
    left_out: int
    """By the mapping."""
    visits: int
    visits_rejected: int
    cut_off: datetime
    warnings: tuple[str, ...] = ()
    """What was assumed to read the conversions: a detected encoding, a separator, a sheet."""


def link_files(
    *,
    visits: Path,
    conversions: Source,
    out: Path,
    now: datetime,
    enabled_at: datetime | None = None,
    targets: Collection[str] | None = None,
    zone: ZoneInfo | None = None,
    mapping: Mapping | None = None,
    memory_limit: str | None = None,
) -> LinkedFiles:
    """Link a table of conversions to a table of visits.

    visits: a Logs API export, a CSV or a Parquet file; see `prepare_visits`.
    conversions: whatever `prepare` takes. mapping: how to read it.
    out: the file to write, `.csv` or `.parquet`: every row of the conversions and its outcome.
    now: aware; when they are processed. enabled_at: aware; when tracking was enabled, None for
        long ago. Together they give the cut-off.
    targets: those that reach a goal; None where every Target does.
    zone: of local times. memory_limit: such as `2GB`; default a quarter of the machine.

    Raises SettingError where the limit is none; SourceError where a table cannot be read;
    EngineError where the join cannot run.
    """
    check_memory_limit(memory_limit)
    earliest = cut_off(enabled_at or now - WINDOW, now)
    with scratch() as folder:
        workspace = Workspace(folder, memory_limit)
        found = prepare_visits(visits, visits=workspace.table("visits"), rejects=None, zone=zone)
        prepared = prepare(
            conversions,
            conversions=workspace.table("conversions"),
            rejects=workspace.table("rejects"),
            now=now,
            zone=zone,
            mapping=mapping,
        )
        counts = link(
            visits=[workspace.table("visits")],
            conversions=[workspace.table("conversions")],
            targets=targets,
            cut_off=earliest,
            out=workspace.table("links"),
            memory_limit=memory_limit,
        )
        workspace.write("linked_rows.sql", out)
    rejected = {Outcome.REJECTED: prepared.rejected} if prepared.rejected else {}
    return LinkedFiles(
        rows=prepared.rows,
        outcomes=rejected | counts,
        left_out=prepared.left_out,
        visits=found.accepted,
        visits_rejected=found.rejected,
        cut_off=earliest,
        warnings=prepared.warnings,
    )
