"""How many requests were made in a day: the API allows 5,000, over all runs."""

from collections import Counter
from datetime import date

from visitjoin.sender.ledger.ledger import Ledger


def requests_of(ledger: Ledger, day: date) -> int:
    """Requests that earlier runs made. day: of Greenwich, where the API's day ends."""
    found = ledger.engine.execute("select requests from requests where day = $1", [day]).fetchone()
    return int(found[0]) if found else 0


class Meter:
    """Counts requests as they are made, in any thread, and writes them down in the ledger's own."""

    def __init__(self, ledger: Ledger) -> None:
        """Begin with none."""
        self._ledger = ledger
        self._made: Counter[date] = Counter()

    def count(self, day: date) -> None:
        """Count a request. day: of Greenwich. One call at a time."""
        self._made[day] += 1

    def write_down(self) -> None:
        """Add what was counted to the ledger; for the thread that has it."""
        made, self._made = self._made, Counter()
        for day, requests in made.items():
            self._ledger.engine.execute(
                "insert into requests values ($1, $2) "
                "on conflict do update set requests = requests + excluded.requests",
                [day, requests],
            )
