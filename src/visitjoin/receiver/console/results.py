"""What the joined conversions brought: by source, goal and day, and how long it took."""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Template

from visitjoin.contract.uploads import Uploading
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.uploadings import uploadings
from visitjoin.receiver.console import drawn
from visitjoin.receiver.console.given import GivenDerived
from visitjoin.receiver.console.pages import language, page
from visitjoin.receiver.console.questions import last_days, results_of
from visitjoin.receiver.console.sessions import NEEDS
from visitjoin.receiver.door.rights import Right
from visitjoin.receiver.routes.given import AnyRequest, GivenCatalog, GivenClock, GivenCounter

_MOST_UPLOADINGS = 1000
"""Of which the share joined is drawn: an hourly job's of six weeks, read in some 20 ms."""


class Period(IntEnum):
    """How many days are looked at."""

    MONTH = 30
    QUARTER = 90
    YEAR = 365


Days = Annotated[Period, QueryParameter(name="days")]


@get("/counter/{counter_id:int}/results", opt={NEEDS: Right.LOOK}, sync_to_thread=True)
def show_results(
    *,
    request: AnyRequest,
    counter: GivenCounter,
    catalog: GivenCatalog,
    clock: GivenClock,
    derived: GivenDerived,
    period: Days = Period.MONTH,
) -> Template:
    """The results of the last days."""
    lang = language(request)
    days = last_days(clock(), counter.time_zone_name, period)
    found = results_of(derived, counter, days)
    results = found.value or []
    uploaded = uploadings(catalog, counter.id, type_=None, limit=_MOST_UPLOADINGS, offset=0)
    linked = _linked_by_day(uploaded, ZoneInfo(counter.time_zone_name))
    return page(
        request,
        "results.html",
        part="results_live.html",
        counter=counter,
        at="results",
        answers=(found,),
        total=drawn.add(one for one in results if one.by == "day"),
        period=period,
        periods=list(Period),
        by_day=[
            drawn.conversions_by_day(lang, results, days),
            *drawn.money_by_day(lang, results, days),
        ],
        by_source=drawn.by_source(lang, results),
        by_goal=drawn.by_goal(lang, results, goals(catalog, counter.id, deleted=True)),
        by_lag=drawn.by_lag(lang, results),
        share=drawn.share_by_day(lang, linked, days) if linked.keys() & set(days) else None,
    )


def _linked_by_day(uploaded: Iterable[Uploading], zone: ZoneInfo) -> dict[date, tuple[int, int]]:
    """Rows that were joined, and all rows, of the uploadings of each day."""
    found: dict[date, tuple[int, int]] = {}
    for one in uploaded:
        if one.linked_quantity is None or one.create_time is None:
            continue
        day = one.create_time.astimezone(zone).date()
        linked, rows = found.get(day, (0, 0))
        found[day] = (linked + one.linked_quantity, rows + (one.source_quantity or 0))
    return found
