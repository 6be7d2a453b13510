"""What became of every row of the source, found a part of the source at a time.

What the server says is numbered by the rows of an uploaded file, so it is brought to the rows of
the source first, a batch at a time. No join, and no order, is then of more rows than a part has,
however long the source is.
"""

from typing import Final

from visitjoin.sender.tables.workspace import Workspace

_ROWS_AT_ONCE: Final = 500_000


def find_fates(
    workspace: Workspace, *, rows: int, by_row: bool, rows_at_once: int = _ROWS_AT_ONCE
) -> None:
    """Make `fates` what became of each row of the source: see fates.sql.

    workspace: of a run that has planned and followed its batches. rows: of the source, blank ones
    counted. by_row: whether the fates are read row by row, as parts in the order of the source;
    where they are read in sums alone and the server has said nothing by row, they need not be
    written down. rows_at_once: of the source, to a part.
    """
    workspace.name("planned_fates.sql", "planned_fates")
    if not by_row and not workspace.has_outcomes:
        workspace.name("fates_unsaid.sql", "fates")
        return
    # Of what a query reads there must be something, though it be without rows: no batch is 0.
    for batch_no, kind, first_row, last_row in [(0, None, 1, 0), *workspace.rows("parts.sql")]:
        of_batch = {"batch_no": batch_no, "first_row": first_row, "last_row": last_row}
        workspace.write("said.sql", workspace.part("said", batch_no), kind=kind, **of_batch)
    workspace.name("fates.sql", "every_fate")
    query = "fates_of_part.sql" if by_row else "fates_to_be_summed.sql"
    for number, first in enumerate(range(1, rows + 1, rows_at_once)):
        part = {"first_row": first, "last_row": first + rows_at_once - 1}
        workspace.write(query, workspace.part("fates", number), **part)
