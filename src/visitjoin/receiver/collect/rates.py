"""Does an address send more than it may? Only where the operator has set a limit."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from litestar.types import HTTPScope

from visitjoin.receiver.collect.answers import Answer, too_many


class Rates:
    """What each address has sent in this second. Of this process, and forgotten with the second."""

    def __init__(self, most: int, address_of: Callable[[HTTPScope], str]) -> None:
        """most: requests of one address in a second; address_of: where a request comes from."""
        self._most = most
        self._address_of = address_of
        self._refusal = too_many(most)
        self._second = 0
        self._sent: Counter[str] = Counter()

    def refusal(self, scope: HTTPScope, *, now: datetime) -> Answer | None:
        """Count a request; the answer to one that is too many. now: aware."""
        second = int(now.timestamp())
        if second != self._second:
            self._second = second
            self._sent.clear()
        address = self._address_of(scope)
        self._sent[address] += 1
        return self._refusal if self._sent[address] > self._most else None
