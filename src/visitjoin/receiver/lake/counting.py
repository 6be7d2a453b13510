"""How many rows of every uploading does the lake have, over all counters?"""

from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query, show_files
from visitjoin.receiver.lake.tables import UPLOADING, LakeTable

OF_UPLOADINGS = tuple(table for table in LakeTable if UPLOADING in table.schema.names)
"""The tables whose rows belong to uploadings."""


def rows_by_uploading(lake: Lake, table: LakeTable) -> dict[int, int]:
    """Rows of a table by the id of their uploading; one without rows is left out."""
    with lake.connect() as connection:
        show_files(connection, "facts", table, lake.open(table).file_uris())
        return dict(connection.execute(query("rows_by_uploading")).fetchall())
