"""Is everything there that the catalog speaks of?

Each row of each uploading has to be in one of two places: in the lake, or, while the uploading is
on its way, in its folder in the spool.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyarrow import ArrowException
from pyarrow.parquet import read_metadata

from visitjoin.contract.uploads import UploadType
from visitjoin.receiver.catalog.copying import Known, known_uploadings
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.lake.counting import rows_by_uploading
from visitjoin.receiver.lake.forgetting import forgotten_up_to
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.work.spool import Folder


@dataclass(frozen=True)
class Facts:
    """Rows in the lake by table and uploading."""

    rows: Mapping[LakeTable, Mapping[int, int]]

    def hold(self, uploading: Known) -> bool:
        """Whether the lake has everything of an uploading: its rows, rejected ones, and links."""
        expected = {
            LakeTable.CONVERSIONS: uploading.line_quantity,
            LakeTable.REJECTS: uploading.rejected,
            LakeTable.LINKS: uploading.line_quantity,
        }
        if uploading.type == UploadType.CALLS:
            expected[LakeTable.CALLS] = uploading.line_quantity
        if uploading.type == UploadType.CHATS:
            expected[LakeTable.CHATS] = uploading.line_quantity
        return all(self.rows[table].get(uploading.id, 0) == n for table, n in expected.items())


def facts_of(lake: Lake) -> Facts:
    """Count the rows of a lake."""
    tables = (
        LakeTable.CONVERSIONS,
        LakeTable.CALLS,
        LakeTable.CHATS,
        LakeTable.REJECTS,
        LakeTable.LINKS,
    )
    return Facts({table: rows_by_uploading(lake, table) for table in tables})


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was looked at, and what is missing."""

    uploadings: int
    on_their_way: int
    """Of them, those that have not reached their last status."""
    rows: int
    """Of the files that were uploaded."""
    forgotten: int
    """Uploadings whose rows were removed on purpose, by `compact --keep-days`."""
    faults: tuple[str, ...]
    """A sentence about each uploading that does not have its rows."""


def check(catalog: Catalog, lake: Lake, spool: Path) -> Checked:
    """Look for the rows of every uploading that the catalog knows."""
    facts = facts_of(lake)
    forgotten = forgotten_up_to(lake)
    known = known_uploadings(catalog)
    kept = [uploading for uploading in known if uploading.id > forgotten]
    return Checked(
        uploadings=len(known),
        on_their_way=sum(not uploading.status.is_last for uploading in known),
        rows=sum(uploading.source_quantity for uploading in known),
        forgotten=len(known) - len(kept),
        faults=tuple(_faults(kept, facts, spool)),
    )


def has_rows(folder: Folder, uploading: Known) -> bool:
    """Whether a folder has everything that an uploading can be carried on from."""
    try:
        accepted: int = read_metadata(folder.conversions).num_rows
        rejected: int = read_metadata(folder.rejects).num_rows
    except (OSError, ArrowException):
        return False
    return (accepted, rejected) == (uploading.line_quantity, uploading.rejected)


def _faults(uploadings: list[Known], facts: Facts, spool: Path) -> Iterator[str]:
    for uploading in uploadings:
        if facts.hold(uploading):
            continue
        if uploading.status.is_last:
            yield (
                f"Uploading {uploading.id} is {uploading.status.value}, and the lake does not have "
                f"the {uploading.source_quantity:,} rows of its file."
            )
        elif not has_rows(Folder(spool / uploading.folder), uploading):
            yield (
                f"Uploading {uploading.id} is {uploading.status.value}, and its "
                f"{uploading.source_quantity:,} rows are neither in the lake nor in the spool."
            )
