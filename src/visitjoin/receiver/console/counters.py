"""The counters, and one counter at a glance: what to do next, and the last 30 days."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from litestar import get, post
from litestar.response import Redirect, Template

from visitjoin.contract.counters import DEFAULT_TIME_ZONE, Counter
from visitjoin.contract.goals import targets_of
from visitjoin.contract.texts import LONGEST_NAME, is_name, is_text
from visitjoin.contract.uploads import Uploading, UploadType
from visitjoin.contract.window import cut_off
from visitjoin.receiver.catalog import counters
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.tracking import tracked_since
from visitjoin.receiver.catalog.uploadings import uploadings
from visitjoin.receiver.console import drawn
from visitjoin.receiver.console.given import GivenDerived
from visitjoin.receiver.console.named import STATUSES
from visitjoin.receiver.console.pages import form_of, go_to, language, page
from visitjoin.receiver.console.questions import last_days, results_of, visits_of
from visitjoin.receiver.console.sessions import NEEDS, may
from visitjoin.receiver.console.tracking import days_of
from visitjoin.receiver.door.audit import name_made
from visitjoin.receiver.door.rights import Right
from visitjoin.receiver.refusals import Refusal, invalid
from visitjoin.receiver.routes.counters import check_zone
from visitjoin.receiver.routes.given import AnyRequest, GivenCatalog, GivenClock, GivenCounter

DAYS: Final = 30
"""Of the counter's first page."""


@get("/", opt={NEEDS: Right.FOLLOW}, sync_to_thread=True)
def list_counters(request: AnyRequest, catalog: GivenCatalog, clock: GivenClock) -> Template:
    """The counters that the token reaches; of one that may not look, those it is bound to."""
    token = request.state.token
    found = counters.counters(catalog, now=clock(), only=token.counters)
    is_shown = may(token, Right.LOOK) or token.counters is not None
    return _counters(request, found if is_shown else (), zone=DEFAULT_TIME_ZONE)


@post("/", opt={NEEDS: Right.CHANGE})
async def create_counter(
    request: AnyRequest, catalog: GivenCatalog, clock: GivenClock
) -> Redirect | Template:
    """Create a counter, and go to it."""
    fields = await form_of(request)
    name, site, zone = (fields.get(field, "").strip() for field in ("name", "site", "zone"))
    if request.state.token.counters is not None:
        raise invalid("A token that is bound to counters makes no others.")
    fault = _fault(name, zone)
    if fault:
        found = await asyncio.to_thread(counters.counters, catalog, now=clock())
        return _counters(request, found, zone=zone, fault=fault, name=name)
    made = await asyncio.to_thread(
        counters.create_counter,
        catalog,
        name=name,
        site=site[:LONGEST_NAME] if is_text(site) else "",
        time_zone_name=zone,
        now=clock(),
    )
    name_made(request, "counter", made.id)
    return go_to(request, f"/counter/{made.id}")


def _counters(
    request: AnyRequest, found: Sequence[Counter], *, zone: str, fault: str = "", name: str = ""
) -> Template:
    """Counters, and a form for another. fault: why the one that was asked for is none."""
    return page(
        request,
        "counters.html",
        status=HTTPStatus.BAD_REQUEST if fault else HTTPStatus.OK,
        counters=found,
        default_zone=zone,
        fault=fault,
        name=name,
    )


def _fault(name: str, zone: str) -> str:
    if not is_name(name):
        return "name"
    try:
        check_zone(zone)
    except Refusal:
        return "zone"
    return ""


@get("/counter/{counter_id:int}", opt={NEEDS: Right.LOOK}, sync_to_thread=True)
def show_counter(
    request: AnyRequest,
    counter: GivenCounter,
    catalog: GivenCatalog,
    clock: GivenClock,
    derived: GivenDerived,
) -> Template:
    """A counter at a glance."""
    lang = language(request)
    days = last_days(clock(), counter.time_zone_name, DAYS)
    found = results_of(derived, counter, days)
    visits = visits_of(derived, counter, None)
    latest = uploadings(catalog, counter.id, type_=None, limit=5, offset=0)
    results = found.value or []
    has_visits = visits.value is None or bool(visits.value.by_source)
    since = tracked_since(catalog, counter.id, UploadType.BASIC)
    return page(
        request,
        "counter.html",
        part="counter_live.html",
        counter=counter,
        at="overview",
        answers=(found, visits),
        total=drawn.add(one for one in results if one.by == "day"),
        chart=drawn.conversions_by_day(lang, results, days),
        visits=sum(one.visits for one in visits.value.by_source) if visits.value else None,
        latest=latest,
        statuses=STATUSES,
        share=_share(latest),
        to_do={
            "goal": bool(targets_of(goals(catalog, counter.id))),
            "tracking": since is not None,
            "visits": has_visits,
            "upload": bool(latest),
        },
        cut_off=None if since is None else cut_off(since, clock()),
        days=days_of(counter, clock()),
    )


def _share(latest: tuple[Uploading, ...]) -> tuple[int, int]:
    """Rows that were joined, and all, of the uploadings that have come to their end."""
    ended = [one for one in latest if one.linked_quantity is not None]
    return (
        sum(one.linked_quantity or 0 for one in ended),
        sum(one.source_quantity or 0 for one in ended),
    )
