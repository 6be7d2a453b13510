"""What is set about the hits of a counter?"""

from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Select, bindparam, select

from visitjoin.contract.counters import CollectionSettings
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import COUNTERS


class Collecting(Struct, frozen=True):
    """The settings of a counter's collection."""

    visit_threshold: int
    """Seconds without a hit after which a visit is over."""
    settings: CollectionSettings


_ASKED: Final = select(
    COUNTERS.c.visit_threshold,
    COUNTERS.c.honours_do_not_track,
    COUNTERS.c.hits_days,
    COUNTERS.c.measurement_tokens,
)

# Built once, for it is asked for every few hits.
_ONE: Final = _ASKED.where(COUNTERS.c.id == bindparam("counter"), COUNTERS.c.deleted_at.is_(None))
_EVEN_DELETED: Final = _ASKED.where(COUNTERS.c.id == bindparam("counter"))


def collecting(catalog: Catalog, counter_id: int) -> Collecting | None:
    """The settings of a counter; None where there is none, or no longer."""
    return _settings(catalog, counter_id, _ONE)


def collected(catalog: Catalog, counter_id: int) -> Collecting | None:
    """The same, also of a counter that was deleted: what it took in stays."""
    return _settings(catalog, counter_id, _EVEN_DELETED)


def _settings(
    catalog: Catalog, counter_id: int, asked: Select[int, bool, int, Any]
) -> Collecting | None:
    with catalog.connect() as connection:
        row = connection.execute(asked, {"counter": counter_id}).one_or_none()
    if row is None:
        return None
    return Collecting(
        row.visit_threshold,
        CollectionSettings(
            honours_do_not_track=row.honours_do_not_track,
            hits_days=row.hits_days,
            measurement_tokens=tuple(row.measurement_tokens),
        ),
    )
