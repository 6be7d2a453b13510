"""The batches of a ledger, and the steps of their life.

    ready --> sending --> accepted --> done
                 |                      |
                 '-----> refused        '-----> given_up

ready     its file is on disk and its rows are in the ledger; no request has left
sending   a request may have left: the server is asked before it is sent again
accepted  the server answered with an uploading
done      the uploading has its last status, and its rows are counted
refused   the server said that the file is wrong; its rows count as not sent
given_up  done, and nothing of it is left that could link: the window has closed, or later batches
          have it

Each step is one transaction. A batch is never forgotten between two of them.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import Uploading, UploadingId, UploadStatus, UploadType
from visitjoin.sender.ledger.ledger import Ledger
from visitjoin.sender.ledger.texts import text_of


class State(StrEnum):
    """Where a batch stands."""

    READY = "ready"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


class Batch(Struct, frozen=True, kw_only=True):
    """What was or will be sent in one request. Moments are Unix seconds, UTC."""

    number: int
    id: str
    """In the comment of its uploading."""
    run: int
    type: UploadType
    kind: IdentifierKind | None
    """The `client_id_type` of the older generation."""
    repeats: int | None
    """Number of the batch whose rows that were not linked it sends again."""
    rows: int
    bytes: int
    first_happened_at: int
    last_happened_at: int
    state: State = State.READY
    state_at: int = 0
    """When it came to that; written down with each step."""
    uploading: UploadingId | None = None
    status: UploadStatus | None = None
    user_not_found_quantity: int | None = None
    refusal: str | None = None
    """Of one that is refused: the status and words of the server; earlier programs kept none."""
    is_repeated: bool = False
    """Whether a later batch sends again what was not linked."""
    is_replaced: bool = False
    """Whether the server has taken that later batch."""
    run_began_at: int = 0
    """When the run that made it began: it cannot have been sent before."""

    @property
    def is_on_its_way(self) -> bool:
        """Whether it has not come to an end."""
        return self.state not in (State.DONE, State.REFUSED, State.GIVEN_UP)

    @property
    def may_link(self) -> bool:
        """Whether it came to its end and some of its visitors were not found, as far as is said.

        What a later batch sends again is that batch's to care for.
        """
        return self._is_open and not self.is_repeated

    @property
    def needs_file(self) -> bool:
        """Whether its file may be read again, also because its repeat may still be refused."""
        return self.is_on_its_way or (self._is_open and not self.is_replaced)

    @property
    def _is_open(self) -> bool:
        return self.state is State.DONE and self.user_not_found_quantity != 0


def begin_run(ledger: Ledger, source: str, now: datetime) -> int:
    """Write down that a run begins. source: what it reads, for people. Returns its number."""
    (number,) = ledger.engine.execute(
        "insert into runs select coalesce(max(run), 0) + 1, $1, $2 from runs returning run",
        [int(now.timestamp()), source],
    ).fetchall()[0]
    return int(number)


def next_number(ledger: Ledger) -> int:
    """The number of the next batch."""
    (number,) = ledger.engine.execute(
        "select coalesce(max(batch_no), 0) + 1 from batches"
    ).fetchall()[0]
    return int(number)


def record(
    ledger: Ledger,
    batch: Batch,
    now: datetime,
    *,
    first_row: int,
    last_row: int,
    retracted: bool = False,
) -> None:
    """Write down a batch and its rows, before anything of it leaves.

    first_row, last_row: of the source. The rows between that are `leaving` (tables of the run's
    plan) and, where the batch has a kind, of that kind become the ledger's. retracted: whether
    they leave only to be worth nothing.
    """
    with ledger.transaction():
        _insert(ledger, batch, now)
        ledger.engine.execute(
            text_of("record_rows.sql"),
            {
                "batch_no": batch.number,
                "first_row": first_row,
                "last_row": last_row,
                "kind": batch.kind,
                "retracted": retracted,
            },
        )


def record_repeat(ledger: Ledger, batch: Batch, now: datetime) -> None:
    """Write down a batch that sends again what the ledger has already."""
    with ledger.transaction():
        _insert(ledger, batch, now)


def sending(ledger: Ledger, batch: Batch, now: datetime) -> Batch:
    """Write down that a request is about to leave."""
    return _change(ledger, batch, now, state=State.SENDING)


def accept(
    ledger: Ledger,
    batch: Batch,
    uploading: Uploading,
    now: datetime,
    *,
    seconds: float | None = None,
) -> Batch:
    """Write down the server's answer to an upload, or what it says of it now.

    seconds: until it was answered, where it was just uploaded.
    """
    with ledger.transaction():
        if seconds is not None:
            ledger.engine.execute(
                "update batches set upload_seconds = $1 where batch_no = $2",
                [seconds, batch.number],
            )
        _keep_answer(ledger, batch, uploading, now)
        accepted = replace(batch, uploading=uploading.id, status=uploading.status)
        return _change(ledger, accepted, now, state=State.ACCEPTED)


def refuse(ledger: Ledger, batch: Batch, now: datetime, *, refusal: str) -> Batch:
    """Write down that the server will not take a batch: its rows count as not sent.

    refusal: the status and the words of the server.
    """
    with ledger.transaction():
        ledger.engine.execute("delete from sent where batch_no = $1", [batch.number])
        ledger.engine.execute(
            "update batches set refusal = $1 where batch_no = $2", [refusal, batch.number]
        )
        refused = _change(ledger, replace(batch, refusal=refusal), now, state=State.REFUSED)
    ledger.file_of(batch.id).unlink(missing_ok=True)
    return refused


def conclude(
    ledger: Ledger, batch: Batch, uploading: Uploading, now: datetime, *, daily: str
) -> Batch:
    """Write down the last status of an uploading, and its rows by day, target, kind and fate.

    daily: a query for them, with the columns of the table `daily` less the first.
    """
    with ledger.transaction():
        _keep_answer(ledger, batch, uploading, now)
        ledger.engine.execute("delete from daily where batch_no = $1", [batch.number])
        # The query is one of our own files over tables of this run.
        ledger.engine.execute(
            f"insert into daily select {batch.number}, * from ({daily})"  # noqa: S608
        )
        done = replace(batch, uploading=uploading.id, status=uploading.status)
        return _change(ledger, done, now, state=State.DONE)


def give_up(ledger: Ledger, batch: Batch, now: datetime) -> Batch:
    """Write down that what was not linked of a batch never will be."""
    return _change(ledger, batch, now, state=State.GIVEN_UP)


def unfinished(ledger: Ledger) -> list[Batch]:
    """The batches that are not done and not refused, the oldest first."""
    return [batch for batch in all_batches(ledger) if batch.is_on_its_way]


def all_batches(ledger: Ledger) -> list[Batch]:
    """Every batch, the oldest first."""
    found = ledger.engine.execute(f"select {_COLUMNS} from batches order by batch_no")  # noqa: S608 - constants
    names = [column[0] for column in found.description or ()]
    rows = (dict(zip(names, row, strict=True)) for row in found.fetchall())
    return [msgspec.convert(row, Batch) for row in rows]


def upload_rate(ledger: Ledger) -> float | None:
    """Bytes a second of the newest uploads; None where there was none yet."""
    (rate,) = ledger.engine.execute(text_of("upload_rate.sql")).fetchall()[0]
    return None if rate is None else float(rate)


def sweep(ledger: Ledger) -> None:
    """Remove the files that nothing needs any more.

    A file is needed until its batch is done, and after that while some of its visitors were not
    found and may be found later. A file that no batch names was left by a run that died.
    """
    needed = {batch.id for batch in all_batches(ledger) if batch.needs_file}
    for file in ledger.files.iterdir():
        if file.stem not in needed:
            file.unlink(missing_ok=True)


def _insert(ledger: Ledger, batch: Batch, now: datetime) -> None:
    ledger.engine.execute(
        text_of("record_batch.sql"),
        {
            "batch_no": batch.number,
            "batch": batch.id,
            "run": batch.run,
            "type": batch.type,
            "kind": batch.kind,
            "repeats": batch.repeats,
            "rows": batch.rows,
            "bytes": batch.bytes,
            "first_happened_at": batch.first_happened_at,
            "last_happened_at": batch.last_happened_at,
            "state": batch.state,
            "state_at": int(now.timestamp()),
        },
    )


def _change(ledger: Ledger, batch: Batch, now: datetime, *, state: State) -> Batch:
    ledger.engine.execute(
        "update batches set state = $1, state_at = $2 where batch_no = $3",
        [state, int(now.timestamp()), batch.number],
    )
    return replace(batch, state=state)


def _keep_answer(ledger: Ledger, batch: Batch, uploading: Uploading, now: datetime) -> None:
    ledger.engine.execute(
        text_of("keep_answer.sql"),
        {
            "batch_no": batch.number,
            "uploading": uploading.id,
            "status": uploading.status,
            "source_quantity": uploading.source_quantity,
            "line_quantity": uploading.line_quantity,
            "linked_quantity": uploading.linked_quantity,
            "user_not_found_quantity": uploading.user_not_found_quantity,
            "goal_not_found_quantity": uploading.goal_not_found_quantity,
            "asked_at": int(now.timestamp()),
        },
    )


_COLUMNS: Final = (
    "batch_no as number, batch as id, run, type, kind, repeats, rows, bytes, first_happened_at, "
    "last_happened_at, state, state_at, uploading, status, user_not_found_quantity, refusal, "
    "exists (select 1 from batches as later where later.repeats = batches.batch_no "
    "and later.state != 'refused') as is_repeated, "
    "exists (select 1 from batches as later where later.repeats = batches.batch_no "
    "and later.state in ('accepted', 'done', 'given_up')) as is_replaced, "
    "coalesce((select started_at from runs where runs.run = batches.run), 0) as run_began_at"
)
