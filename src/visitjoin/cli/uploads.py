"""`visitjoin upload`, `track`, `history` and `outcomes`: uploadings, one step at a time."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from visitjoin.cli.connection import Connection, Json
from visitjoin.cli.console import say, say_json, say_table
from visitjoin.cli.progress import following
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import Uploading, UploadingId
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.run.batch import new_batch_id, upload_once
from visitjoin.sender.run.track import track as track_uploading


def upload(
    file: Path, /, *, only: IdentifierKind | None = None, connection: Connection, json: Json = False
) -> None:
    """Upload a CSV as `visitjoin prepare` writes it.

    Args:
        file: the CSV.
        only: the one kind of identifier in it, for the older generation of the API.
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica, following() as telling:
        uploading = upload_once(
            metrica, file, batch=new_batch_id(), kind=only, on_progress=telling.sent
        )
    if json:
        say_json(uploading)
        return
    _say([uploading])
    say(f"Next: visitjoin track {uploading.id}")


def track(
    uploading: int, /, *, wait: float | None = None, connection: Connection, json: Json = False
) -> int:
    """Follow an uploading to its last status. Ends with 1 where nothing of it was linked.

    Args:
        uploading: its id.
        wait: seconds to wait at most; default as long as it takes.
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica, following() as telling:
        found = track_uploading(
            metrica, UploadingId(uploading), on_change=telling.status, patience=wait
        )
    if json:
        say_json(found)
    else:
        _say([found])
    return 1 if found.status == "LINKAGE_FAILURE" else 0


def history(*, limit: int = 20, connection: Connection, json: Json = False) -> None:
    """List the uploadings of the counter.

    Args:
        limit: how many.
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica:
        uploadings = metrica.uploadings(limit=limit)
    if json:
        say_json(uploadings)
    elif uploadings:
        _say(uploadings)
    else:
        say("Nothing was uploaded yet.")


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


def _say(uploadings: Iterable[Uploading]) -> None:
    say_table(
        _HEADERS,
        (
            (
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
            for one in uploadings
        ),
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
