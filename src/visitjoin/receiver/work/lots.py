"""Which uploadings are worked on together?

Small ones of a counter that stand at the same status. Asking and changing the tables costs as much
for a hundred rows as for ten thousand, and the more commits a table has, the more each costs: of
1,650 uploadings of a hundred rows each took three times as long as each of thirty.
"""

from collections.abc import Iterable
from typing import Final

from visitjoin.contract.uploads import UploadStatus
from visitjoin.receiver.catalog.progress import Progress

_SMALL: Final = 10_000
"""Rows: more of them take longer than all that the uploadings have in common."""

_MOST: Final = 50
"""Uploadings of a lot. Half a million rows at most, which one commit can take; and who comes later
does not wait long."""


def is_small(uploading: Progress) -> bool:
    """Whether an uploading is worked on with others."""
    return uploading.source_quantity <= _SMALL


def in_lots(waiting: Iterable[Progress]) -> list[list[Progress]]:
    """Uploadings in lots, each where its oldest stands.

    waiting: of any counters, oldest first.
    """
    lots: list[list[Progress]] = []
    filling: dict[tuple[int, UploadStatus], list[Progress]] = {}
    for uploading in waiting:
        if not is_small(uploading):
            lots.append([uploading])
            continue
        alike = (uploading.counter_id, uploading.status)
        if alike not in filling or len(filling[alike]) == _MOST:
            filling[alike] = []
            lots.append(filling[alike])
        filling[alike].append(uploading)
    return lots
