"""What does the receiver say while it runs? One JSON object a line, on stderr.

Each line has an `event` fit for a filter, and the ids of counters and uploadings. Never a token,
never an identifier of a visitor, never a value from a row.
"""

import logging
import sys
import traceback
from typing import Any, Final

import structlog
from structlog.types import EventDict, WrappedLogger

from visitjoin.contract.errors import VisitjoinError

_FRAMES: Final = 12
"""Of a stack, counted from where the error was raised."""


def log_as_json() -> None:
    """Write structlog's events to stderr as JSON lines, times in UTC."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_error,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def _tell_error(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Tell what was raised and where. An engine's message may quote a row, so only ours is told."""
    error = _raised(event.pop("exc_info", None))
    if error is not None:
        event["error"] = type(error).__name__
        if isinstance(error, VisitjoinError):
            event["message"] = str(error)
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        event["stack"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _raised(exc_info: Any) -> BaseException | None:  # noqa: ANN401 - structlog takes many forms
    if isinstance(exc_info, BaseException):
        return exc_info
    return sys.exception() if exc_info else None
