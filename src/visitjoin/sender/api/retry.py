"""Which failures are tried again: one policy.

The type of an error decides. Only TryLater is tried again, and not where the quota of the day is
spent; what was refused will be refused again, and what may have been taken is looked for first
(`batch.upload_once`).
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import stamina

from visitjoin.contract.errors import QuotaSpent, TryLater

T = TypeVar("T")

LONGEST_WAIT: Final = 300.0
"""Seconds: a server that asks for a longer pause is obeyed up to here."""

_ATTEMPTS: Final = 6
_LONGEST_PAUSE: Final = 30.0
"""Seconds between two attempts, where the server asks for no pause of its own."""

_caller: Final = stamina.RetryingCaller(attempts=_ATTEMPTS, timeout=None, wait_max=_LONGEST_PAUSE)
_async_caller: Final = stamina.AsyncRetryingCaller(
    attempts=_ATTEMPTS, timeout=None, wait_max=_LONGEST_PAUSE
)


def retrying(call: Callable[[], T]) -> T:
    """Call, and call again while the error is TryLater, six times in all.

    Waits as long as the server asks (Retry-After), else with growing pauses and some jitter. The
    last error is let through. A spent quota of the day is let through at once: nobody waits hours.
    """
    return _caller(_pause, call)


async def retrying_async(call: Callable[[], Awaitable[T]]) -> T:
    """`retrying`, awaiting the call and the pauses."""
    return await _async_caller(_pause, call)


def _pause(error: Exception) -> bool | float:
    if not isinstance(error, TryLater) or isinstance(error, QuotaSpent):
        return False
    return True if error.wait is None else min(error.wait, LONGEST_WAIT)
