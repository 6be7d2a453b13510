"""Since when do visits count? Tracking is enabled from a page, of conversions and of calls."""

import asyncio
from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from litestar import post
from litestar.response import Redirect

from visitjoin.contract.counters import Counter
from visitjoin.contract.uploads import UploadType
from visitjoin.contract.window import WINDOW
from visitjoin.receiver.console.pages import form_of, go_to
from visitjoin.receiver.console.sessions import NEEDS
from visitjoin.receiver.door.rights import Right
from visitjoin.receiver.routes.given import AnyRequest, GivenCatalog, GivenClock, GivenCounter
from visitjoin.receiver.routes.tracking import enable

_PAGE_AFTER: Final = {UploadType.CALLS.value: "/upload?type=CALLS"}
"""Where each is enabled, and where the browser comes back to: that of calls by who uploads some."""


class Days(NamedTuple):
    """The days of a counter between which tracking is usually enabled."""

    first: date
    """As far back as visits are joined."""
    today: date


def days_of(counter: Counter, now: datetime) -> Days:
    """Those of a counter, in its own zone. now: aware."""
    today = now.astimezone(ZoneInfo(counter.time_zone_name)).date()
    return Days(today - WINDOW, today)


@post("/counter/{counter_id:int}/tracking", opt={NEEDS: Right.CHANGE})
async def enable_tracking(
    request: AnyRequest, counter: GivenCounter, catalog: GivenCatalog, clock: GivenClock
) -> Redirect:
    """Enable tracking since a day, so that conversions or calls are taken."""
    fields = await form_of(request)
    asked, since, now = fields.get("type", ""), fields.get("since") or None, clock()
    type_ = UploadType.CALLS if asked == UploadType.CALLS else UploadType.BASIC
    await asyncio.to_thread(enable, catalog, counter, type_, since, now)
    return go_to(request, f"/counter/{counter.id}{_PAGE_AFTER.get(asked, '')}")
