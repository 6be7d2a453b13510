"""What became of the rows, in sums: an uploading's counts, and a counter's report."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from visitjoin.contract.extension import KeptCorrection
from visitjoin.contract.outcomes import Outcome
from visitjoin.receiver.lake.corrections import show_standing
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query, show_links


class Revenue(NamedTuple):
    """Linked conversions of one Target, traffic source and currency; "" where there is none."""

    target: str
    traffic_source: str
    currency: str
    conversions: int
    revenue: Decimal


def links_by_outcome(
    lake: Lake, counter_id: int, uploading_ids: Collection[int]
) -> dict[int, dict[Outcome, int]]:
    """How many accepted rows of a counter's uploadings ended where, by the uploading's id.

    Outcomes without a row are left out.
    """
    found: dict[int, dict[Outcome, int]] = {uploading_id: {} for uploading_id in uploading_ids}
    with lake.connect() as connection:
        show_links(lake, connection, counter_id, *uploading_ids)
        asked = {"uploadings": list(uploading_ids)}
        for id_, outcome, rows in connection.execute(query("links_by_outcome"), asked).fetchall():
            found[id_][Outcome(outcome)] = rows
    return found


def revenue(
    lake: Lake,
    counter_id: int,
    *,
    unfinished: Collection[int],
    corrections: Sequence[KeptCorrection],
) -> list[Revenue]:
    """What a counter's linked conversions brought, each conversion counted once.

    unfinished: the uploadings that do not count yet: their rows may be in the lake in part.
    corrections: all of the counter.
    """
    asked = {"unfinished": list(unfinished)}
    with lake.connect() as connection:
        show_standing(lake, connection, counter_id, corrections)
        return [Revenue(*row) for row in connection.execute(query("revenue"), asked).fetchall()]
