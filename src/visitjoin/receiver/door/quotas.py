"""May one more request be answered now? The quotas of the API, for who wants them here too.

As Metrica counts: requests in a second by address, requests at once by token, requests of a day of
Greenwich by token and by counter, each group of methods for itself. What the documentation calls a
user is a token here. The day's counts are in the catalog; the others are this process's own.
"""

import math
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.clock import Clock
from visitjoin.contract.quotas import Limits, MethodGroup, next_release
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.requests import count_request, forget_days_before
from visitjoin.receiver.refusals import Refusal

_SECOND: Final = timedelta(seconds=1)
_PLACE: Final = "place_of"
"""In a request's state: the name of the token of which it is one of the requests at once."""

_MANY_ADDRESSES: Final = 10_000
"""From here on addresses that were quiet for a second are forgotten: a megabyte or two."""

AnyConnection = ASGIConnection[Any, Any, Any, Any]


@dataclass
class Quotas:
    """What was asked of one receiver. All but the counting of a day runs in its event loop."""

    limits: Limits
    catalog: Catalog
    clock: Clock
    _begun: dict[str, deque[float]] = field(default_factory=dict)
    _at_once: Counter[str] = field(default_factory=Counter)
    _day: date | None = None

    def admit_address(self, address: str) -> None:
        """Let a request of an address through. Raises Refusal over the quota of a second."""
        most = self.limits.per_second
        if most is None:
            return
        now = self.clock().timestamp()
        begun = self._begun_by(address, now, most)
        # A clock that was set back must not keep anybody out for longer than a second.
        if len(begun) == most and 0 <= now - begun[0] < _SECOND.total_seconds():
            raise _refusal(
                ErrorType.QUOTA_OF_ADDRESS,
                f"More than {most} requests in a second from one address.",
                _SECOND,
            )
        begun.append(now)

    def take_place(self, scope: Scope, token: str) -> None:
        """Let a request be one of its token's requests at once; `KeepPlaces` sees to its end.

        Raises Refusal where there are as many as there may be.
        """
        most = self.limits.parallel
        if self._at_once[token] >= most:
            raise _refusal(
                ErrorType.QUOTA,
                f"{most} requests with this token are under way. Wait until one is answered.",
                _SECOND,
            )
        self._at_once[token] += 1
        scope["state"][_PLACE] = token

    def leave_place(self, token: str) -> None:
        """A request that had a place is answered, or its client is gone."""
        self._at_once[token] -= 1
        if not self._at_once[token]:
            del self._at_once[token]

    def count_of_token(self, token: str, group: MethodGroup) -> None:
        """Count a request of today. Waits for the catalog. Raises Refusal over the day's quota."""
        self._count(ErrorType.QUOTA_OF_USER, f"token {token}", "with this token", group)

    def count_of_counter(self, counter_id: int, group: MethodGroup) -> None:
        """As `count_of_token`, for a counter that the token may reach."""
        counted = f"counter {counter_id}"
        self._count(ErrorType.QUOTA_OF_COUNTER, counted, f"of {counted}", group)

    def _count(self, over: ErrorType, counted: str, words: str, group: MethodGroup) -> None:
        most = self.limits.per_day
        if most is None:
            return
        now = self.clock()
        self._turn_page()
        if not count_request(self.catalog, f"{group} {counted}", now=now, most=most):
            release = next_release(now)
            raise _refusal(
                over,
                f"All {most:,} requests {words} that a day may have in the group {group} are "
                "made. The next are taken from 00:00 GMT on.",
                release - now,
            )

    def _turn_page(self) -> None:
        now = self.clock()
        today = now.astimezone(UTC).date()
        if self._day != today:
            self._day = today
            forget_days_before(self.catalog, now)

    def _begun_by(self, address: str, now: float, most: int) -> deque[float]:
        if address not in self._begun and len(self._begun) >= _MANY_ADDRESSES:
            quiet = now - _SECOND.total_seconds()
            self._begun = {at: begun for at, begun in self._begun.items() if begun[-1] > quiet}
        return self._begun.setdefault(address, deque(maxlen=most))


class KeepPlaces(ASGIMiddleware):
    """Gives a request's place among those of its token free, however the request ends."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass a request on, and tidy up after it."""
        try:
            await next_app(scope, receive, send)
        finally:
            token = scope["state"].pop(_PLACE, None)
            if token is not None:
                self._quotas.leave_place(token)


def address_of(connection: AnyConnection, proxies: Sequence[str]) -> str:
    """Where a request comes from.

    proxies: addresses that are believed when they say for whom they ask (X-Forwarded-For); what
    anybody else says there could be invented.
    """
    address = connection.client.host if connection.client is not None else ""
    said = ",".join(connection.headers.getall("x-forwarded-for", []))
    for before in reversed([hop.strip() for hop in said.split(",") if hop.strip()]):
        if address not in proxies:
            break
        address = before
    return address


def group_of(method: str, path: str) -> MethodGroup:
    """In which group a call is counted. path: with the names of its parameters in braces.

    The API does not say which calls are in which; what only we answer is read as reports are.
    """
    if method != "GET":
        return MethodGroup.WRITE
    return MethodGroup.REPORT if path.startswith("/visitjoin/") else MethodGroup.READ


def _refusal(over: ErrorType, message: str, wait: timedelta) -> Refusal:
    # Rounded up: who comes back at the very second must not be early.
    seconds = max(1, math.ceil(wait.total_seconds()))
    return Refusal(over, message, headers={"Retry-After": str(seconds)})
