"""`visitjoin upload`, `track`, `history` and `outcomes`: uploadings, one step at a time."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from visitjoin.cli.connection import Connection, Json, Ledgers, RowType
from visitjoin.cli.console import remark, say, say_json, say_table
from visitjoin.cli.progress import following
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.plural import counted
from visitjoin.contract.uploads import Uploading, UploadingId, UploadType
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.ledger.batches import Batch
from visitjoin.sender.run.batch import new_batch_id, upload_once
from visitjoin.sender.run.carry_on import CarriedOn, carry_on, carry_on_one
from visitjoin.sender.run.history import Listed, Remembered
from visitjoin.sender.run.history import history as history_of
from visitjoin.sender.run.telling import Telling


def upload(
    file: Path,
    /,
    *,
    only: IdentifierKind | None = None,
    type_: RowType = UploadType.BASIC,
    connection: Connection,
    json: Json = False,
) -> None:
    """Upload a CSV as `visitjoin prepare` writes it.

    Args:
        file: the CSV.
        only: the one kind of identifier in it, for the older generation of the API.
        type_: what its rows are.
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica, following() as telling:
        uploading = upload_once(
            metrica,
            file,
            batch=new_batch_id(),
            kind=only,
            type_=None if type_ is UploadType.BASIC else type_,
            on_progress=telling.sent,
            remark=telling.remark,
        )
    if json:
        say_json(uploading)
        return
    _say([uploading])
    say(f"Next: visitjoin track {uploading.id}")


def track(
    uploading: int | None = None,
    /,
    *,
    wait: float | None = None,
    ledgers: Ledgers = None,
    connection: Connection,
    json: Json = False,
) -> int:
    """Follow an uploading, or every one on its way, to the last status.

    Ends with 1 where nothing of one was linked. Interrupted, it goes on where it is started again.

    Args:
        uploading: its id; without it, everything in the ledger that is on its way.
        wait: seconds to wait at most; default as long as it takes.
        ledgers: folder of the ledgers of what was sent.
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica, following() as telling:
        if uploading is None:
            found = carry_on(metrica, ledgers=ledgers, patience=wait, telling=telling)
        else:
            one = carry_on_one(
                metrica, UploadingId(uploading), ledgers=ledgers, patience=wait, telling=telling
            )
            found = CarriedOn(uploadings=(one,), waiting=())
    if json:
        say_json(found if uploading is None else found.uploadings[0])
    elif found.uploadings:
        _say(found.uploadings)
    elif not found.waiting:
        say("Nothing is on its way.")
    if not json:
        _say_waiting(found.waiting)
    return 1 if any(one.status == "LINKAGE_FAILURE" for one in found.uploadings) else 0


def history(
    *,
    where: Annotated[bool, Parameter(negative=())] = False,
    limit: int = 20,
    ledgers: Ledgers = None,
    connection: Connection,
    json: Json = False,
) -> None:
    """List the uploadings of the counter, with what this machine's ledger knows of them.

    Args:
        where: print only the path of the ledger; needs no token.
        limit: how many.
        ledgers: folder of the ledgers of what was sent.
        connection: server and counter.
        json: print JSON.
    """
    if where:
        say(str(connection.owned.ledger(ledgers)))
        return
    with connection.connect() as metrica:
        found = history_of(metrica, limit=limit, ledgers=ledgers, telling=Telling(remark=remark))
    if json:
        say_json(found)
        return
    if found.uploadings:
        _say_history(found.uploadings)
    else:
        say("Nothing was uploaded yet.")
    for batch in found.refused:
        say(_refused(batch))
    _say_waiting(found.waiting)


def outcomes(
    uploading: int,
    /,
    *,
    offset: int = 0,
    limit: int = 100,
    connection: Connection,
    json: Json = False,
) -> None:
    """Say what became of each row of an uploading; a receiver of one's own only.

    Args:
        uploading: its id.
        offset: rows to leave out.
        limit: rows to show.
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica:
        page = Receiver(metrica).outcomes(UploadingId(uploading), offset=offset, limit=limit)
    if json:
        say_json(page)
        return
    say_table(
        ("row", "outcome", "visit", "source", "by", "reason or remark"),
        (
            (
                row.row_no,
                row.outcome,
                row.visit_id,
                row.traffic_source,
                row.linked_by,
                row.remark or " ".join(filter(None, (row.reason, row.column))),
            )
            for row in page.outcomes
        ),
    )
    counts = ", ".join(f"{rows:,} {outcome}" for outcome, rows in page.counts.items())
    say(f"{page.rows:,} rows in all: {counts}")


def _refused(batch: Batch) -> str:
    moment = datetime.fromtimestamp(batch.state_at, UTC)
    why = batch.refusal or "an earlier visitjoin did not keep why"
    rows = counted(batch.rows, "row")
    return f"Refused {moment:%Y-%m-%d %H:%M} UTC: batch {batch.id}, {rows}: {why}"


def _say_waiting(waiting: Sequence[Batch]) -> None:
    if waiting:
        rows = sum(batch.rows for batch in waiting)
        say(
            f"{rows:,} rows of {len(waiting):,} batches are recorded and not known to have "
            "arrived. Next: visitjoin send, with any table, brings them to the server once."
        )


def _say_history(uploadings: Sequence[Listed]) -> None:
    has_calls = any(one.type == UploadType.CALLS for one in uploadings)
    say_table(
        (*(["type"] if has_calls else []), *_HEADERS, "sent rows", "ledger", "sent from"),
        (
            (*([_type(one)] if has_calls else []), *_cells(one), *_remembered(one.ledger))
            for one in uploadings
        ),
    )


def _type(one: Uploading) -> str:
    return (one.type or UploadType.BASIC).lower()


def _remembered(known: Remembered | None) -> tuple[object, ...]:
    return (known.rows, known.state.value, known.source) if known else (None, None, None)


def _say(uploadings: Iterable[Uploading]) -> None:
    say_table(_HEADERS, map(_cells, uploadings))


def _cells(one: Uploading) -> tuple[object, ...]:
    return (
        str(one.id),
        f"{one.create_time:%Y-%m-%d %H:%M}" if one.create_time else None,
        one.status.value,
        one.source_quantity,
        one.line_quantity,
        one.linked_quantity,
        one.user_not_found_quantity,
        one.goal_not_found_quantity,
        one.comment,
    )


_HEADERS: Final = (
    "id",
    "uploaded (UTC)",
    "status",
    "rows",
    "accepted",
    "linked",
    "no visitor",
    "no goal",
    "comment",
)
