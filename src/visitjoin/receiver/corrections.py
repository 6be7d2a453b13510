"""How does a correction become a fact?

The conversions that it speaks of are counted first, up to the counter's newest uploading, and then
it is written down with that number. An uploading that is accepted meanwhile is a newer word.
"""

from collections.abc import Sequence
from typing import Final

import duckdb

from visitjoin.contract.errors import EngineError
from visitjoin.contract.extension import Correction, KeptCorrection
from visitjoin.contract.uploads import UploadStatus
from visitjoin.receiver.catalog.corrections import (
    Making,
    corrections_under,
    keep_corrections,
    newest_uploading,
)
from visitjoin.receiver.catalog.progress import unfinished
from visitjoin.receiver.lake.corrections import spoken_of
from visitjoin.receiver.work.stores import Stores

_BEFORE_EXPORT: Final = (UploadStatus.PREPARED, UploadStatus.UPLOADED)

_MOST_LOOKS: Final = 10
"""A file that is missing ten times over is not on its way into the lake: something is wrong."""


def correct(
    stores: Stores,
    counter_id: int,
    corrections: Sequence[Correction],
    *,
    key: str | None,
    made_by: str,
) -> tuple[KeptCorrection, ...]:
    """Make the corrections of a request, once for its key. Durable when this returns.

    corrections: without a fault (contract.extension.fault_of_corrections). key: the
    Idempotency-Key; None where there is none. made_by: the name of the token.

    Returns them as they are kept, in their order.
    """
    if known := corrections_under(stores.catalog, counter_id, key):
        return known
    newest = newest_uploading(stores.catalog, counter_id)
    making = Making(
        counter_id=counter_id,
        key=key,
        made_at=stores.clock(),
        made_by=made_by,
        newest_uploading=newest,
    )
    found = _spoken_of(stores, counter_id, corrections, newest)
    return keep_corrections(stores.catalog, making, corrections, found)


def _spoken_of(
    stores: Stores, counter_id: int, corrections: Sequence[Correction], newest: int
) -> list[int]:
    # The rows of those that wait are read from their own files. Where one comes to its end
    # meanwhile and its file goes, all of them are in the lake, and the question is asked again.
    for _ in range(_MOST_LOOKS):
        waiting = [
            uploading
            for uploading in unfinished(stores.catalog)
            if uploading.counter_id == counter_id
            and uploading.id <= newest
            and uploading.status in _BEFORE_EXPORT
        ]
        try:
            return spoken_of(
                stores.lake,
                counter_id,
                corrections,
                newest_uploading=newest,
                waiting=[uploading.id for uploading in waiting],
                waiting_files=[stores.folder(uploading).conversions for uploading in waiting],
            )
        except duckdb.IOException as error:
            failed = error
    raise EngineError(str(failed), query="corrected.sql") from failed
