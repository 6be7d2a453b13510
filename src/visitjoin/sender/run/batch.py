"""A batch is uploaded once, also where the answer to it was lost.

The comment of an upload carries the id of its batch. Where the outcome of a request is unknown,
the uploadings are searched for that id before anything is sent again.
"""

import secrets
from collections.abc import Callable
from pathlib import Path
from time import sleep as real_sleep
from typing import Final

from visitjoin.contract.errors import OutcomeUnknown
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import Uploading, UploadType
from visitjoin.sender.api.client import Metrica, Progress
from visitjoin.sender.api.retry import retrying

Sleep = Callable[[float], None]

_TIMES: Final = 3
_LOOKS: Final = (1.0, 5.0, 15.0)
"""Seconds before each look: an upload that was taken may take a moment to be listed."""


def new_batch_id() -> str:
    """An id that no other batch has: 80 random bits."""
    return secrets.token_hex(10)


def upload_once(
    metrica: Metrica,
    file: Path,
    *,
    batch: str,
    kind: IdentifierKind | None = None,
    type_: UploadType | None = None,
    may_be_there: bool = False,
    on_progress: Progress | None = None,
    sleep: Sleep = real_sleep,
) -> Uploading:
    """Upload a file so that the server has it once.

    batch: id of the batch, in the comment. kind: the `client_id_type` of the older generation.
    type_: what its rows are; None leaves it to the server's default. may_be_there: whether an
    earlier run may have sent it, so that it is looked for first. sleep: waits the given seconds.

    Raises Refused; TryLater where the server could not be reached; OutcomeUnknown where the
    answers were lost three times and the uploadings do not list the batch.
    """
    if may_be_there and (found := find_batch(metrica, batch) or _look_for(metrica, batch, sleep)):
        return found
    for attempt in range(1, _TIMES + 1):
        try:
            return retrying(
                lambda: metrica.upload(
                    file,
                    comment=_comment(batch),
                    client_id_type=kind,
                    type=type_,
                    batch=batch,
                    on_progress=on_progress,
                )
            )
        except OutcomeUnknown:
            if found := _look_for(metrica, batch, sleep):
                return found
            if attempt == _TIMES:
                raise
    raise AssertionError("unreachable")  # pragma: no cover


def find_batch(metrica: Metrica, batch: str) -> Uploading | None:
    """The uploading that carries a batch, or None where the server lists none."""
    comment = _comment(batch)
    return next((found for found in metrica.uploadings() if found.comment == comment), None)


def _look_for(metrica: Metrica, batch: str, sleep: Sleep) -> Uploading | None:
    for pause in _LOOKS:
        sleep(pause)
        if found := find_batch(metrica, batch):
            return found
    return None


def _comment(batch: str) -> str:
    return f"visitjoin {batch}"
