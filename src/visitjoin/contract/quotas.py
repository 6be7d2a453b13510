"""How much a client may ask of the API, and when it may ask again.

Source: introduction, "Quotas". An answer over a quota has the status 429 and names the quota.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.errors import SettingError


class MethodGroup(StrEnum):
    """The kinds of calls that the API counts apart from each other, by the day."""

    READ = "client_read"
    WRITE = "client_write"
    REPORT = "report_read"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one client may ask; by default what Yandex.Metrica allows. None: any number."""

    parallel: int = 3
    """Requests under way at one moment; the API counts them per user."""
    per_second: int | None = 30
    """Requests begun in one second; the API counts them per address."""
    per_day: int | None = 5_000
    """Requests of a day of Greenwich; the API counts them per user and per counter.

    It counts each MethodGroup separately. Our client counts them together, to be on the safe side.
    """

    def __post_init__(self) -> None:
        """Raises SettingError where a limit lets nothing through."""
        for name in ("parallel", "per_second", "per_day"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise SettingError(f"The limit {name} is {value}; it must be 1 or more.")


LIMITS_OF_METRICA: Final = Limits()
LIMITS_OF_OURS: Final = Limits(per_second=None, per_day=None)
"""A receiver of one's own has no quota; it is not flooded either."""

DAILY_QUOTAS: Final = frozenset({ErrorType.QUOTA_OF_USER, ErrorType.QUOTA_OF_COUNTER})
"""Errors that nothing but the next day helps against."""


def next_release(now: datetime) -> datetime:
    """The next 00:00 GMT, when the quotas of a day are released. now: aware."""
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), UTC)
