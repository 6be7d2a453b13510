"""What of a source leaves, and in which batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from visitjoin.contract.errors import Refused, SettingError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import UploadType
from visitjoin.contract.window import WINDOW
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.run.wishes import OnChange, Wishes
from visitjoin.sender.tables.workspace import Workspace

_PARTS_OF_A_BATCH: Final = 20
"""Batches are put together from parts of the source, so they are full to a twentieth."""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A part of the source that goes into one batch.

    Its rows from first_row to last_row that leave and, where a kind is named, whose most specific
    identifier is of that kind. Moments are Unix seconds, UTC.
    """

    kind: IdentifierKind | None
    first_row: int
    last_row: int
    rows: int
    first_happened_at: int
    last_happened_at: int


def plan(workspace: Workspace, wishes: Wishes, *, cut_off: datetime) -> None:
    """Decide what becomes of each checked conversion before anything is sent.

    workspace: has `conversions`, and the ledger's engine; gets fingerprints, sent_before, held_back
    and leaving (the files of these names say what they are). cut_off: aware; what happened before
    can link to no visit.
    """
    workspace.hold("fingerprints.sql", "fingerprints")
    workspace.hold("sent_before.sql", "sent_before")
    workspace.run(
        "held_back.sql",
        into="held_back",
        cut_off=int(cut_off.timestamp()),
        resend_changed=wishes.on_change is OnChange.SEND,
    )
    workspace.name("leaving.sql", "leaving")


def cuts(workspace: Workspace, wishes: Wishes) -> list[Cut]:
    """Cut what leaves into batches, in the order of the source, of at most rows_per_batch rows."""
    parts = [
        Cut(
            kind=IdentifierKind(kind) if kind else None,
            first_row=first_row,
            last_row=last_row,
            rows=rows,
            first_happened_at=first,
            last_happened_at=last,
        )
        for kind, first_row, last_row, rows, first, last in workspace.rows(
            "leaving_by_place.sql",
            width=max(1, wishes.rows_per_batch // _PARTS_OF_A_BATCH),
            by_kind=wishes.generation == 1,
        )
    ]
    return list(_put_together(parts, wishes.rows_per_batch))


def halves(workspace: Workspace, cut: Cut) -> list[Cut]:
    """The same rows in two batches, for a file that came out larger than the API takes.

    Raises SettingError where it has one row.
    """
    if cut.first_row == cut.last_row:
        raise SettingError(f"Row {cut.first_row} alone is larger than the API takes in one file.")
    middle = (cut.first_row + cut.last_row) // 2
    both = (
        _between(workspace, cut.kind, cut.first_row, middle),
        _between(workspace, cut.kind, middle + 1, cut.last_row),
    )
    return [half for half in both if half is not None]


def join_threshold(
    metrica: Metrica, now: datetime, type_: UploadType = UploadType.BASIC
) -> datetime:
    """The earliest start of a visit that can be joined, as the server says it; aware.

    now: aware; for servers that do not say it. type_: calls are tracked apart.
    """
    try:
        return metrica.join_threshold(type=type_)
    except Refused as refusal:
        # The current guide of the API does not mention this call any more, only the 21 days.
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        return now - WINDOW


def _between(
    workspace: Workspace, kind: IdentifierKind | None, first_row: int, last_row: int
) -> Cut | None:
    ((rows, first, last),) = workspace.rows(
        "leaving_between.sql", first_row=first_row, last_row=last_row, kind=kind
    )
    if not rows:
        return None
    return Cut(
        kind=kind,
        first_row=first_row,
        last_row=last_row,
        rows=rows,
        first_happened_at=first,
        last_happened_at=last,
    )


def _put_together(parts: list[Cut], most: int) -> Iterator[Cut]:
    whole: Cut | None = None
    for part in parts:
        if whole is None:
            whole = part
        elif whole.kind is part.kind and whole.rows + part.rows <= most:
            whole = _both(whole, part)
        else:
            yield whole
            whole = part
    if whole is not None:
        yield whole


def _both(one: Cut, next_one: Cut) -> Cut:
    return Cut(
        kind=one.kind,
        first_row=one.first_row,
        last_row=next_one.last_row,
        rows=one.rows + next_one.rows,
        first_happened_at=min(one.first_happened_at, next_one.first_happened_at),
        last_happened_at=max(one.last_happened_at, next_one.last_happened_at),
    )
