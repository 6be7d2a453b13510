"""Tracking: enable, disable, and from what moment conversions and calls can be joined."""

from datetime import UTC, datetime
from typing import Annotated, Final, TypeAlias
from zoneinfo import ZoneInfo

from litestar import delete, get, post
from litestar.params import QueryParameter

from visitjoin.contract.answers import JoinThreshold, Success
from visitjoin.contract.counters import Counter
from visitjoin.contract.uploads import UploadType
from visitjoin.contract.window import cut_off
from visitjoin.receiver.catalog import tracking
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.intake.window import tracked_since
from visitjoin.receiver.refusals import invalid
from visitjoin.receiver.routes.declared import OF_COUNTER
from visitjoin.receiver.routes.given import GivenCatalog, GivenClock, GivenCounter

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Since: TypeAlias = Annotated[
    str | None,
    QueryParameter(description="Ours: from which date or time on visits count, for history"),
]


@post(
    "/offline_conversions/extended_threshold",
    responses=OF_COUNTER,
    status_code=200,
    sync_to_thread=True,
)
def enable_tracking(
    counter: GivenCounter, catalog: GivenCatalog, clock: GivenClock, since: Since = None
) -> Success:
    """Enable tracking. What is enabled already stays as it is, unless `since` says otherwise."""
    return enable(catalog, counter, UploadType.BASIC, since, clock())


@post(
    "/offline_conversions/calls_extended_threshold",
    responses=OF_COUNTER,
    status_code=200,
    sync_to_thread=True,
)
def enable_calls_tracking(
    counter: GivenCounter, catalog: GivenCatalog, clock: GivenClock, since: Since = None
) -> Success:
    """Enable tracking of calls; as for conversions, and apart from them."""
    return enable(catalog, counter, UploadType.CALLS, since, clock())


@delete(
    "/offline_conversions/extended_threshold",
    responses=OF_COUNTER,
    status_code=200,
    sync_to_thread=True,
)
def disable_tracking(counter: GivenCounter, catalog: GivenCatalog) -> Success:
    """Disable tracking: uploads are refused. Those on their way are carried to their end."""
    tracking.disable_tracking(catalog, counter.id, UploadType.BASIC)
    return Success()


@delete(
    "/offline_conversions/calls_extended_threshold",
    responses=OF_COUNTER,
    status_code=200,
    sync_to_thread=True,
)
def disable_calls_tracking(counter: GivenCounter, catalog: GivenCatalog) -> Success:
    """Disable tracking of calls; as for conversions, and apart from them."""
    tracking.disable_tracking(catalog, counter.id, UploadType.CALLS)
    return Success()


@get("/offline_conversions/visit_join_threshold", responses=OF_COUNTER, sync_to_thread=True)
def get_join_threshold(
    counter: GivenCounter, catalog: GivenCatalog, clock: GivenClock
) -> JoinThreshold:
    """From what moment on a visit can still be joined, ISO 8601 in UTC."""
    return _threshold(catalog, counter, UploadType.BASIC, clock())


@get("/offline_conversions/calls_visit_join_threshold", responses=OF_COUNTER, sync_to_thread=True)
def get_calls_join_threshold(
    counter: GivenCounter, catalog: GivenCatalog, clock: GivenClock
) -> JoinThreshold:
    """From what moment on a visit can still be joined to a call, ISO 8601 in UTC."""
    return _threshold(catalog, counter, UploadType.CALLS, clock())


def enable(
    catalog: Catalog, counter: Counter, type_: UploadType, since: str | None, now: datetime
) -> Success:
    """Enable tracking of uploads of a type. since: a date or time; None for now, unless it is on.

    Raises Refusal where that is no moment of the past.
    """
    if since is not None:
        moment = _since(since, counter, now)
        tracking.enable_tracking(catalog, counter.id, type_, since=moment)
    elif tracking.tracked_since(catalog, counter.id, type_) is None:
        tracking.enable_tracking(catalog, counter.id, type_, since=now)
    return Success()


def _threshold(
    catalog: Catalog, counter: Counter, type_: UploadType, now: datetime
) -> JoinThreshold:
    earliest = cut_off(tracked_since(catalog, counter, type_), now).astimezone(UTC)
    return JoinThreshold(date=earliest.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _since(text: str, counter: Counter, now: datetime) -> datetime:
    try:
        since = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid(
            "`since` is neither a date (2026-11-01) nor a date-time of ISO 8601.", location="since"
        ) from error
    if since.tzinfo is None:
        since = since.replace(tzinfo=ZoneInfo(counter.time_zone_name))
    if not _EPOCH <= since <= now:
        raise invalid("`since` is in the future, or before 1970.", location="since")
    return since
