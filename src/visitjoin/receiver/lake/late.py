"""Which rows of an uploading may a later visit still link, and what did it change?"""

from pathlib import Path

from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query, show, show_links
from visitjoin.receiver.lake.tables import LakeTable


def write_open_rows(lake: Lake, counter_id: int, uploading_id: int, *, into: Path) -> None:
    """Write the conversions of an uploading whose visit may still arrive.

    into: a Parquet file with the columns of a conversion.
    """
    with lake.connect() as connection:
        show(lake, connection, LakeTable.CONVERSIONS, counter_id, uploading_id)
        show_links(lake, connection, counter_id, uploading_id)
        found = connection.sql(query("open_rows"), params={"uploading": uploading_id})
        found.write_parquet(str(into), compression="lz4")


def write_late_links(
    lake: Lake, counter_id: int, uploading_id: int, *, found: Path, imports: int, into: Path
) -> None:
    """Write what is another outcome than the one that stands.

    found: of the open rows, what became of them now. imports: of visits, that this has seen.
    into: a Parquet file with the columns of a late link.
    """
    asked = {"uploading": uploading_id, "found": str(found), "imports": imports}
    with lake.connect() as connection:
        show_links(lake, connection, counter_id, uploading_id)
        changed = connection.sql(query("late_links"), params=asked)
        changed.write_parquet(str(into), compression="lz4")
