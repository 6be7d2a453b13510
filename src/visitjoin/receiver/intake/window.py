"""Since when is a counter tracked, and are uploads taken already? Conversions and calls apart."""

from datetime import datetime, timedelta
from typing import Final

from visitjoin.contract.counters import Counter
from visitjoin.contract.uploads import UploadType
from visitjoin.contract.window import can_upload
from visitjoin.receiver.catalog import tracking
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.refusals import Refusal, invalid

_WHAT: Final = {UploadType.BASIC: "offline conversions", UploadType.CALLS: "calls"}
_OPTION: Final = {UploadType.BASIC: "", UploadType.CALLS: " --type calls"}
_TRACKED_AS: Final = {
    UploadType.BASIC: UploadType.BASIC,
    UploadType.CALLS: UploadType.CALLS,
    # The API has chats only since there is nothing to enable any more: no call of their own.
    UploadType.CHATS: UploadType.BASIC,
}


def tracked_since(catalog: Catalog, counter: Counter, type_: UploadType) -> datetime:
    """When tracking was enabled. Raises Refusal where it is off, and says how to enable it."""
    type_ = _TRACKED_AS[type_]
    since = tracking.tracked_since(catalog, counter.id, type_)
    if since is None:
        raise invalid(
            f"Tracking of {_WHAT[type_]} is off for counter {counter.id}. Enable it: "
            f"visitjoin tracking enable{_OPTION[type_]} (POST "
            f"/management/v1/counter/{counter.id}/offline_conversions/{type_.call('extended_threshold')})"
        )
    return since


def uploads_open_since(
    catalog: Catalog, counter: Counter, type_: UploadType, *, now: datetime, delay: timedelta
) -> datetime:
    """When tracking was enabled, where uploads are taken already. Raises Refusal otherwise."""
    since = tracked_since(catalog, counter, type_)
    if not can_upload(since, now, delay):
        raise _too_early(counter, since + delay)
    return since


def _too_early(counter: Counter, opens_at: datetime) -> Refusal:
    return invalid(
        f"Uploads for counter {counter.id} are taken from {opens_at:%Y-%m-%d %H:%M} UTC on: "
        "tracking was enabled too recently."
    )
