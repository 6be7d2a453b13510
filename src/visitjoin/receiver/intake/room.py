"""What if the disk is full?

Then whatever writes fails, each part in words of its own: Polars of a damaged table, SQLite of its
file, Python of a device. So the disk itself is asked. By then what could not be written has gone
again, and there is room for a part of it; its rows may need as much as the received file has.
"""

from pathlib import Path
from shutil import disk_usage
from typing import Final

import structlog

from visitjoin.contract.answers import ErrorType
from visitjoin.receiver.refusals import Refusal

_log = structlog.get_logger()

_LEAST: Final = 1 << 20
"""Bytes. With less than a megabyte left, nothing else is to blame."""

_RETRY_AFTER: Final = 60
"""Seconds: an operator is needed, or an uploading that ends and frees its files."""


def lacks_room(folder: Path, file: Path) -> bool:
    """Whether the disk of a folder has no room for the rows of a received file."""
    received = file.stat().st_size if file.exists() else 0
    return disk_usage(folder).free < max(_LEAST, received)


def no_room() -> Refusal:
    """Nothing was taken, for want of room on our disk: safe to send again."""
    _log.error("disk_full")
    return Refusal(
        ErrorType.BACKEND_ERROR,
        "The receiver's disk is full. Nothing was taken: send it again later.",
        headers={"Retry-After": str(_RETRY_AFTER)},
    )
