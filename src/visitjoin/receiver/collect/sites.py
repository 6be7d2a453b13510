"""What does the door have to know about a counter, at each hit?

It is asked tens of thousands of times a second, so an answer is kept for a few seconds.
"""

from datetime import datetime, timedelta

from visitjoin.receiver.catalog.asking import ask
from visitjoin.receiver.catalog.collecting import Collecting, collecting
from visitjoin.receiver.catalog.opening import Catalog


class Sites:
    """The counters that hits come for. One that is not known is asked for each time."""

    def __init__(self, catalog: Catalog, *, kept_for: timedelta) -> None:
        """kept_for: for how long a change may be overlooked."""
        self._catalog = catalog
        self._kept_for = kept_for
        self._known: dict[int, tuple[datetime, Collecting]] = {}

    async def site(self, counter_id: int, *, now: datetime) -> Collecting | None:
        """What is set about a counter's hits; None where there is no such counter. now: aware."""
        known = self._known.get(counter_id)
        # Both ways: the clock of a sandbox is moved.
        if known is not None and abs(now - known[0]) < self._kept_for:
            return known[1]
        found = await ask(collecting, self._catalog, counter_id)
        if found is None:
            self._known.pop(counter_id, None)
            return None
        self._known[counter_id] = (now, found)
        return found
