"""How many hits came to this process, and what became of them?"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter

REGISTRY: Final = CollectorRegistry()

KEPT: Final = "kept"
REFUSED: Final = "refused"
"""Something was wrong with it."""
UNWANTED: Final = "unwanted"
"""The visitor asked not to be tracked."""
UNREAD: Final = "unread"
"""A request was refused as a whole, so it counts as one: its body did not come, or was too large,
or its address had sent too many."""
NOT_KEPT: Final = "not_kept"
"""The disk did not take it."""

_HITS: Final = Counter("visitjoin_hits", "Hits by what became of them", ["fate"], registry=REGISTRY)

HITS: Final = {fate: _HITS.labels(fate) for fate in (KEPT, REFUSED, UNWANTED, UNREAD, NOT_KEPT)}
"""The count of each fate."""
