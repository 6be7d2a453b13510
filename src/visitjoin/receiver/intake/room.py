"""What if the disk is full?

Then whatever writes fails, each part in words of its own: Polars of a damaged table, SQLite of its
file, Python of a device. So the disk itself is asked. By then what could not be written has gone
again, and there is room for a part of it; its rows may need as much as the received file has.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import disk_usage
from typing import Final

import structlog

from visitjoin.contract.answers import ErrorType
from visitjoin.receiver.refusals import Refusal
from visitjoin.receiver.work.spool import Folder

_log = structlog.get_logger()

_LEAST: Final = 1 << 20
"""Bytes. With less than a megabyte left, nothing else is to blame."""

_RETRY_AFTER: Final = 60
"""Seconds: an operator is needed, or an uploading that ends and frees its files."""


@contextmanager
def needing_room(folder: Folder) -> Iterator[None]:
    """Let what fails for want of room for the rows of a received file fail as that.

    folder: in the spool; what was received must still be in it when the context ends.

    Raises Refusal in place of any error where the disk is full.
    """
    try:
        yield
    except Exception as error:
        if _lacks_room(folder):
            raise _no_room() from error
        raise


def _lacks_room(folder: Folder) -> bool:
    received = folder.source.stat().st_size if folder.source.exists() else 0
    return disk_usage(folder.path).free < max(_LEAST, received)


def _no_room() -> Refusal:
    _log.error("disk_full")
    return Refusal(
        ErrorType.BACKEND_ERROR,
        "The receiver's disk is full. Nothing was taken: send it again later.",
        headers={"Retry-After": str(_RETRY_AFTER)},
    )
