"""Which failures are tried again: one policy.

The type of an error decides. Only TryLater is tried again; what was refused will be refused again,
and what may have been taken is looked for first (`batch.upload_once`).
"""

from collections.abc import Callable
from typing import Final, TypeVar

import stamina

from visitjoin.contract.errors import TryLater

T = TypeVar("T")

LONGEST_WAIT: Final = 300.0
"""Seconds: a server that asks for a longer pause is obeyed up to here."""

_caller: Final = stamina.RetryingCaller(attempts=6, timeout=None, wait_max=30.0)


def retrying(call: Callable[[], T]) -> T:
    """Call, and call again while the error is TryLater, six times in all.

    Waits as long as the server asks (Retry-After), else with growing pauses and some jitter. The
    last error is let through.
    """
    return _caller(_pause, call)


def _pause(error: Exception) -> bool | float:
    if not isinstance(error, TryLater):
        return False
    return True if error.wait is None else min(error.wait, LONGEST_WAIT)
