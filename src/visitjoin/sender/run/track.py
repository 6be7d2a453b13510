"""An uploading is followed to its last status."""

import asyncio
from collections.abc import Callable
from time import sleep as real_sleep
from typing import Final, TypeAlias

from visitjoin.contract.clock import AsyncSleep, Sleep
from visitjoin.contract.uploads import Uploading, UploadingId, UploadType
from visitjoin.sender.api.calls import Calls
from visitjoin.sender.api.client import AsyncMetrica, Metrica
from visitjoin.sender.api.steps import Steps, pause

FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 60.0
"""Seconds. A receiver of one's own is done in moments; Metrica takes up to two hours, and 5,000
requests a day are for everything."""

_GROWTH: Final = 1.5

OnChange: TypeAlias = Callable[[Uploading], None]
"""Told an uploading each time its status is a new one."""


def track(
    metrica: Metrica,
    uploading_id: UploadingId,
    *,
    type_: UploadType = UploadType.BASIC,
    on_change: OnChange | None = None,
    patience: float | None = None,
    sleep: Sleep = real_sleep,
) -> Uploading:
    """Ask for an uploading until it has its last status, PROCESSED or LINKAGE_FAILURE.

    type_: what its rows are. on_change: told the uploading each time its status is a new one, the
    first time too. patience: seconds after which it is returned as it stands; None to wait as long
    as it takes. sleep: waits the given seconds; pauses grow from 0.2 s to a minute.
    """
    return metrica.run(
        _follow(metrica.calls, uploading_id, type_, on_change, patience), sleep=sleep
    )


async def track_async(
    metrica: AsyncMetrica,
    uploading_id: UploadingId,
    *,
    type_: UploadType = UploadType.BASIC,
    on_change: OnChange | None = None,
    patience: float | None = None,
    sleep: AsyncSleep = asyncio.sleep,
) -> Uploading:
    """`track`, awaited."""
    steps = _follow(metrica.calls, uploading_id, type_, on_change, patience)
    return await metrica.run(steps, sleep=sleep)


def _follow(
    calls: Calls,
    uploading_id: UploadingId,
    type_: UploadType,
    on_change: OnChange | None,
    patience: float | None,
) -> Steps[Uploading]:
    waited, seconds, status = 0.0, FIRST_PAUSE, None
    while True:
        uploading = yield from calls.uploading(uploading_id, type=type_)
        if uploading.status is not status and on_change is not None:
            on_change(uploading)
        status = uploading.status
        if status.is_last or (patience is not None and waited >= patience):
            return uploading
        yield from pause(seconds)
        waited += seconds
        seconds = min(seconds * _GROWTH, LONGEST_PAUSE)
