"""A batch is uploaded once, also where the answer to it was lost.

The comment of an upload carries the id of its batch. Where the outcome of a request is unknown,
the uploadings are searched for that id before anything is sent again.
"""

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import sleep as real_sleep
from typing import Final, TypeAlias

from visitjoin.contract.clock import AsyncSleep, Clock, Sleep, system_clock
from visitjoin.contract.errors import OutcomeUnknown
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import DEFAULT_LIMIT, Uploading, UploadingId, UploadType
from visitjoin.sender.api.calls import Calls
from visitjoin.sender.api.client import AsyncMetrica, Metrica, Progress
from visitjoin.sender.api.steps import Steps, pause

__all__ = [
    "find_batch",
    "find_batch_async",
    "new_batch_id",
    "upload_once",
    "upload_once_async",
]

_TIMES: Final = 3
_LOOKS: Final = (1.0, 5.0, 15.0)
"""Seconds before each look: an upload that was taken may take a moment to be listed."""

_MARGIN: Final = timedelta(days=1)
"""How far `create_time` may lie from our clock: the API does not say of which zone it is."""

_LOST: Final = (
    "{error}. It may have been taken: the uploadings are searched for it, for up to "
    "{seconds:.0f} s."
)

Search: TypeAlias = Callable[[], Steps[Uploading | None]]

Remark: TypeAlias = Callable[[str], None]
"""Told, in a sentence, what a person who waits should know."""


def _say_nothing(_: str) -> None:
    """For who is not to be told."""


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
    call_goal: str = "",
    may_be_there: bool = False,
    on_progress: Progress | None = None,
    remark: Remark = _say_nothing,
    since: datetime | None = None,
    clock: Clock = system_clock,
    sleep: Sleep = real_sleep,
) -> Uploading:
    """Upload a file so that the server has it once.

    batch: id of the batch, in the comment. kind: the `client_id_type` of the older generation.
    type_: what its rows are; None leaves it to the server's default. call_goal: name of the goal of
    calls, where the counter has none yet. may_be_there: whether an
    earlier run may have sent it, so that it is looked for first. since: when it was first sent,
    aware, so that nothing older is searched; None for now, or, where it may be there, for ever.
    remark: told when an answer was lost. sleep: waits the given seconds.

    Raises Refused; TryLater where the server could not be reached; OutcomeUnknown where the
    answers were lost three times and the uploadings do not list the batch.
    """
    steps = _upload(
        metrica.calls,
        file,
        batch=batch,
        kind=kind,
        type_=type_,
        call_goal=call_goal,
        on_progress=on_progress,
        remark=remark,
        may_be_there=may_be_there,
        since=since if may_be_there else since or clock(),
    )
    return metrica.run(steps, sleep=sleep)


async def upload_once_async(
    metrica: AsyncMetrica,
    file: Path,
    *,
    batch: str,
    kind: IdentifierKind | None = None,
    type_: UploadType | None = None,
    call_goal: str = "",
    may_be_there: bool = False,
    on_progress: Progress | None = None,
    remark: Remark = _say_nothing,
    since: datetime | None = None,
    clock: Clock = system_clock,
    sleep: AsyncSleep = asyncio.sleep,
) -> Uploading:
    """`upload_once`, awaited."""
    steps = _upload(
        metrica.calls,
        file,
        batch=batch,
        kind=kind,
        type_=type_,
        call_goal=call_goal,
        on_progress=on_progress,
        remark=remark,
        may_be_there=may_be_there,
        since=since if may_be_there else since or clock(),
    )
    return await metrica.run(steps, sleep=sleep)


def find_batch(
    metrica: Metrica,
    batch: str,
    *,
    since: datetime | None = None,
    type_: UploadType | None = None,
) -> Uploading | None:
    """The uploading that carries a batch, or None where the server lists none.

    since: when the batch was first sent, aware. Where it is given and the list is newest first,
    the search ends at what is older; else the whole list is read. type_: what its rows are; None
    leaves it to the server's default.
    """
    return metrica.run(_find(metrica.calls, batch, since, type_))


async def find_batch_async(
    metrica: AsyncMetrica,
    batch: str,
    *,
    since: datetime | None = None,
    type_: UploadType | None = None,
) -> Uploading | None:
    """`find_batch`, awaited."""
    return await metrica.run(_find(metrica.calls, batch, since, type_))


def _upload(
    calls: Calls,
    file: Path,
    *,
    batch: str,
    kind: IdentifierKind | None,
    type_: UploadType | None,
    call_goal: str,
    on_progress: Progress | None,
    remark: Remark,
    may_be_there: bool,
    since: datetime | None,
) -> Steps[Uploading]:
    search = partial(_find, calls, batch, since, type_)
    if may_be_there and (found := (yield from _find_in_time(search))):
        return found
    for attempt in range(1, _TIMES + 1):
        try:
            return (
                yield from calls.upload(
                    file,
                    comment=_comment(batch),
                    client_id_type=kind,
                    type=type_,
                    new_goal_name=call_goal,
                    batch=batch,
                    on_progress=on_progress,
                    tries_again=True,
                )
            )
        except OutcomeUnknown as error:
            remark(_LOST.format(error=str(error).rstrip("."), seconds=sum(_LOOKS)))
            if found := (yield from _look(search)):
                return found
            if attempt == _TIMES:
                raise
    raise AssertionError("unreachable")  # pragma: no cover


def _find_in_time(search: Search) -> Steps[Uploading | None]:
    """Look at once, and then as patiently as ever."""
    return (yield from search()) or (yield from _look(search))


def _look(search: Search) -> Steps[Uploading | None]:
    for seconds in _LOOKS:
        yield from pause(seconds)
        if found := (yield from search()):
            return found
    return None


def _find(
    calls: Calls, batch: str, since: datetime | None, type_: UploadType | None
) -> Steps[Uploading | None]:
    """Page by page, to a page that holds nothing new: a short page may be a server's own limit."""
    comment = _comment(batch)
    seen: set[UploadingId] = set()
    while True:
        page = yield from calls.uploadings(limit=DEFAULT_LIMIT, offset=len(seen), type=type_)
        if found := next((one for one in page if one.comment == comment), None):
            return found
        new = {one.id for one in page} - seen
        if not new or _goes_back_before(since, page):
            return None
        seen |= new


def _goes_back_before(since: datetime | None, page: tuple[Uploading, ...]) -> bool:
    """Whether all that follows a page is older. The API documents no order, so that is looked at.

    It documents no zone of `create_time` either: without one it is taken for UTC, with a margin.
    """
    moments = [
        one.create_time if one.create_time.tzinfo else one.create_time.replace(tzinfo=UTC)
        for one in page
        if one.create_time is not None
    ]
    if since is None or len(moments) < len(page):
        return False
    newest_first = all(later >= earlier for later, earlier in pairwise(moments))
    return newest_first and moments[-1] < since - _MARGIN


def _comment(batch: str) -> str:
    return f"visitjoin {batch}"
