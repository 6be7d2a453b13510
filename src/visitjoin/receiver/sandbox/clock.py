"""A clock that goes on by itself, and may be moved ahead."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.sandbox import FURTHEST


class TooFar(Exception):  # noqa: N818 - an answer to the caller, not a fault of ours
    """The clock is not moved so far."""


@dataclass
class MovableClock:
    """Answers the present moment of a sandbox. real: what it is ahead of."""

    real: Clock = system_clock
    _ahead: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        self._moving = Lock()

    def __call__(self) -> datetime:
        """The present moment, aware."""
        return self.real() + self._ahead

    def move(self, by: timedelta) -> None:
        """Move it ahead. Raises TooFar where it would be ahead by more than `FURTHEST`."""
        with self._moving:
            if by > FURTHEST - self._ahead:
                raise TooFar
            self._ahead += by

    def set_back(self) -> None:
        """Let it say what the real one says."""
        with self._moving:
            self._ahead = timedelta(0)
