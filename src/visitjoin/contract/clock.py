"""What time is it, and waiting: parameters, so that no test waits for a window."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Answers the present moment, aware."""

Sleep: TypeAlias = Callable[[float], None]
"""Lets so many seconds pass."""

AsyncSleep: TypeAlias = Callable[[float], Awaitable[None]]
"""Lets so many seconds pass, and other tasks run."""


def system_clock() -> datetime:
    """The machine's own clock, in UTC."""
    return datetime.now(UTC)
