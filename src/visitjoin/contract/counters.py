"""A counter: the site whose visits and conversions belong together."""

from typing import Annotated, Final, NewType, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

CounterId = NewType("CounterId", int)

DEFAULT_TIME_ZONE: Final = "Europe/Moscow"
"""Metrica's own default for a new counter."""

DEFAULT_VISIT_THRESHOLD: Final = 1800
"""Seconds without a hit after which a visit ends (counter reference)."""

SHORTEST_VISIT_THRESHOLD: Final = 1800
LONGEST_VISIT_THRESHOLD: Final = 21600
"""Seconds that it may be set to: 30 minutes to 6 hours (Metrica's help, "Session timeout")."""

DEFAULT_HITS_DAYS: Final = 365
SHORTEST_HITS_DAYS: Final = 7
LONGEST_HITS_DAYS: Final = 3650
"""Days that a hit is kept. Our choice: a year, so that visits can be made again of all that one
compares with; not less than a week, for a late hit may reach into a visit of the day before; not
more than ten years."""


MOST_MEASUREMENT_TOKENS: Final = 5
"""Of a counter, at once: as the Measurement Protocol has it."""

HitsDays: TypeAlias = Annotated[int, Meta(ge=SHORTEST_HITS_DAYS, le=LONGEST_HITS_DAYS)]

MeasurementToken: TypeAlias = Annotated[
    str, Meta(min_length=16, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")
]
"""A UUID, such as Metrica issues, is one. Long enough that it is not guessed, and of letters that
an address has as they are."""

MeasurementTokens: TypeAlias = Annotated[
    tuple[MeasurementToken, ...], Meta(max_length=MOST_MEASUREMENT_TOKENS)
]


class CollectionSettings(Struct, frozen=True, kw_only=True):
    """What is set about the hits of a counter: ours, beyond the API."""

    honours_do_not_track: bool = True
    """Whether nothing is kept of a visitor whose browser asks so (`DNT: 1`, `Sec-GPC: 1`)."""
    hits_days: HitsDays = DEFAULT_HITS_DAYS
    """For how many days a hit is kept. The visits that were made of it stay."""
    measurement_tokens: MeasurementTokens = ()
    """Where there are any, a hit has to bring one of them as `ms`. For counters that programs alone
    send hits for: a page can keep no secret, so its hits are refused then."""


class ChangedCollectionSettings(Struct, kw_only=True):
    """What is to be changed about the hits of a counter; what is left out stays."""

    honours_do_not_track: bool | UnsetType = UNSET
    hits_days: HitsDays | UnsetType = UNSET
    measurement_tokens: MeasurementTokens | UnsetType = UNSET


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
