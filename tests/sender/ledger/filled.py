"""A ledger with some batches in it, made by the program's own steps."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from visitjoin.contract.uploads import Uploading, UploadingId, UploadStatus, UploadType
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch
from visitjoin.sender.ledger.ledger import Ledger, Owner, open_ledger

NOW: Final = datetime(2026, 11, 3, 12, tzinfo=UTC)
OWNER: Final = Owner(server="127.0.0.1:8080", counter=1)
DAILY: Final = "select date '2026-11-03', 'order_paid', 'CLIENT_ID', 'linked', 3"


def record(ledger: Ledger, number: int, *, rows: int = 3) -> Batch:
    """Record a batch of rows with fingerprints over the whole range, and write its file."""
    ledger.engine.execute(
        """
        create or replace temp table leaving as
        select
            n as row_no,
            md5_number($1 || ' ' || n) as identity,
            null::uhugeint as alone,
            case when n % 2 = 0 then md5_number('key ' || $1 || ' ' || n) end as key,
            'CLIENT_ID' as kind,
            n as happened_at,
            case when n != 1 then n + 0.5 end as price,
            case when n != 1 then 'RUB' end as currency
        from range(1, $2 + 1) as numbers(n)
        """,
        [number, rows],
    )
    file = ledger.file_of(f"b{number}")
    file.write_text(f"ClientId,Target,DateTime\n{number},order_paid,1\n")
    batch = Batch(
        number=number,
        id=f"b{number}",
        run=1,
        type=UploadType.BASIC,
        kind=None,
        repeats=None,
        rows=rows,
        bytes=file.stat().st_size,
        first_happened_at=1,
        last_happened_at=rows,
    )
    batches.record(ledger, batch, NOW, first_row=1, last_row=rows)
    return batch


def fill(path: Path) -> None:
    """Make a ledger with a batch that is done, one that is ready, and one that is accepted."""
    with open_ledger(path, OWNER, now=NOW) as ledger:
        batches.begin_run(ledger, "deals.csv", NOW)
        done, _, accepted = (record(ledger, number) for number in (1, 2, 3))
        processed = Uploading(
            id=UploadingId(11), status=UploadStatus.PROCESSED, user_not_found_quantity=0
        )
        batches.conclude(ledger, done, processed, NOW, daily=DAILY)
        uploaded = Uploading(id=UploadingId(13), status=UploadStatus.UPLOADED)
        batches.accept(ledger, accepted, uploaded, NOW)
        batches.sweep(ledger)


def snapshot(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a ledger knows."""
    with open_ledger(path, OWNER, now=NOW) as ledger:
        return {
            table: ledger.engine.execute(f"from {table} order by all").fetchall()
            for table in ("about", "runs", "batches", "sent", "daily", "requests", "migrations")
        }
