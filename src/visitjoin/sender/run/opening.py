"""What a run opens before it does anything: the counter's ledger, and a folder for its tables."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger.batches import Batch
from visitjoin.sender.ledger.ledger import Ledger, Owner, open_ledger
from visitjoin.sender.ledger.place import ledger_of
from visitjoin.sender.run.outcomes import write_no_outcomes
from visitjoin.sender.run.plan import Cut
from visitjoin.sender.tables.workspace import Workspace


def ledger_for(
    metrica: Metrica, ledgers: Path | None, now: datetime, memory_limit: str | None = None
) -> AbstractContextManager[Ledger]:
    """Open the ledger of a client's counter, made where there is none.

    ledgers: the folder of ledgers; None for that of this user. now: aware. memory_limit: of its
    queries, such as `2GB`.

    Raises LedgerError as `open_ledger` does.
    """
    path = ledger_of(metrica.server, metrica.counter_id, ledgers)
    owner = Owner(server=metrica.server, counter=metrica.counter_id)
    return open_ledger(path, owner, now=now, memory_limit=memory_limit)


@contextmanager
def workspace_over(ledger: Ledger) -> Iterator[Workspace]:
    """A workspace whose queries can name the ledger's tables, for as long as the context lasts."""
    with TemporaryDirectory(prefix="visitjoin-send-") as folder:
        workspace = Workspace(Path(folder), engine=ledger.engine)
        # Of what a query reads there must be something, though it be without rows.
        write_no_outcomes(workspace.part("outcomes", 0))
        write_parts(workspace, [])
        yield workspace


def write_parts(workspace: Workspace, written: Iterable[tuple[Batch, Cut]]) -> None:
    """Write down which rows of the source are in which batch, for fates.sql."""
    rows = [
        {
            "batch_no": batch.number,
            "kind": part.kind,
            "first_row": part.first_row,
            "last_row": part.last_row,
        }
        for batch, part in written
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=_PARTS), workspace.table("parts"))


_PARTS = pa.schema(
    [
        ("batch_no", pa.int32()),
        ("kind", pa.string()),
        ("first_row", pa.int64()),
        ("last_row", pa.int64()),
    ]
)
