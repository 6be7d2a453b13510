"""Tracking: enable, disable, and from what moment conversions can be joined."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from litestar import delete, get, post
from litestar.params import QueryParameter

from visitjoin.contract.answers import JoinThreshold, Success
from visitjoin.contract.counters import Counter
from visitjoin.contract.window import can_upload, cut_off
from visitjoin.receiver.catalog import tracking
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.refusals import invalid
from visitjoin.receiver.routes.given import GivenCatalog, GivenClock, GivenCounter

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@post("/offline_conversions/extended_threshold", status_code=200, sync_to_thread=True)
def enable_tracking(
    counter: GivenCounter,
    catalog: GivenCatalog,
    clock: GivenClock,
    since: Annotated[
        str | None,
        QueryParameter(description="Ours: from which date or time on visits count, for history"),
    ] = None,
) -> Success:
    """Enable tracking. What is enabled already stays as it is, unless `since` says otherwise."""
    now = clock()
    if since is not None:
        tracking.enable_tracking(catalog, counter.id, since=_since(since, counter, now))
    elif tracking.tracked_since(catalog, counter.id) is None:
        tracking.enable_tracking(catalog, counter.id, since=now)
    return Success()


@delete("/offline_conversions/extended_threshold", status_code=200, sync_to_thread=True)
def disable_tracking(counter: GivenCounter, catalog: GivenCatalog) -> Success:
    """Disable tracking: uploads are refused. Those on their way are carried to their end."""
    tracking.disable_tracking(catalog, counter.id)
    return Success()


@get("/offline_conversions/visit_join_threshold", sync_to_thread=True)
def get_join_threshold(
    counter: GivenCounter, catalog: GivenCatalog, clock: GivenClock
) -> JoinThreshold:
    """From what moment on a visit can still be joined, ISO 8601 in UTC."""
    earliest = cut_off(tracked_since(catalog, counter), clock()).astimezone(UTC)
    return JoinThreshold(date=earliest.strftime("%Y-%m-%dT%H:%M:%SZ"))


def tracked_since(catalog: Catalog, counter: Counter) -> datetime:
    """When tracking was enabled. Raises Refusal where it is off, and says how to enable it."""
    since = tracking.tracked_since(catalog, counter.id)
    if since is None:
        raise invalid(
            f"Tracking of offline conversions is off for counter {counter.id}. Enable it with "
            f"POST /management/v1/counter/{counter.id}/offline_conversions/extended_threshold."
        )
    return since


def uploads_open_since(
    catalog: Catalog, counter: Counter, *, now: datetime, delay: timedelta
) -> datetime:
    """When tracking was enabled, where uploads are taken already. Raises Refusal otherwise."""
    since = tracked_since(catalog, counter)
    if not can_upload(since, now, delay):
        raise invalid(
            f"Uploads for counter {counter.id} are taken from {since + delay:%Y-%m-%d %H:%M} UTC "
            "on: tracking was enabled too recently."
        )
    return since


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
