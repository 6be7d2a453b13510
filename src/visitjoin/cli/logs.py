"""What an unattended run says of itself: one JSON object a line, on standard error.

Each line has an `event` fit for a filter. Counters, batches and uploadings are named by their ids;
never a token, never an identifier of a visitor, never a value from a row.
"""

import logging
import sys
from typing import Any

import structlog

from visitjoin.contract.uploads import Uploading
from visitjoin.sender.report.report import Report


def log_as_json() -> None:
    """Write events to standard error as JSON lines, times in UTC."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def step(name: str) -> None:
    """A run took a step."""
    _tell("step", step=str(name))


def status(uploading: Uploading) -> None:
    """An uploading has a new status."""
    _tell(
        "status",
        uploading=uploading.id,
        status=uploading.status.value,
        rows=uploading.line_quantity,
        linked=uploading.linked_quantity,
    )


def finished(report: Report, seconds: float) -> None:
    """A run is over, and every row has its fate."""
    _tell(
        "finished",
        counter=report.counter,
        rows=report.in_export.rows,
        fates={fate.value: total.rows for fate, total in report.fates.items()},
        seconds=round(seconds, 3),
    )


def remark(text: str) -> None:
    """Something that a person should know."""
    structlog.get_logger().warning("remark", message=text)


def error(raised: Exception) -> None:
    """What ended the command."""
    structlog.get_logger().error("error", error=type(raised).__name__, message=str(raised))


def _tell(event: str, **values: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    structlog.get_logger().info(event, **values)
