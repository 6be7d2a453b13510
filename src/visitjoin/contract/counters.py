"""A counter: the site whose visits and conversions belong together."""

from typing import Final, NewType

from msgspec import Struct

CounterId = NewType("CounterId", int)

DEFAULT_TIME_ZONE: Final = "Europe/Moscow"
"""Metrica's own default for a new counter."""

DEFAULT_VISIT_THRESHOLD: Final = 1800
"""Seconds without a hit after which a visit ends (counter reference)."""


class Counter(Struct, frozen=True, kw_only=True):
    """A counter, as the API answers it. Fields that an answer lacks keep their defaults."""

    id: CounterId
    name: str = ""
    site: str = ""
    status: str = "Active"
    time_zone_name: str = DEFAULT_TIME_ZONE
    time_zone_offset: int = 0
    """Minutes east of Greenwich, now."""
    visit_threshold: int = DEFAULT_VISIT_THRESHOLD
    create_time: str = ""
