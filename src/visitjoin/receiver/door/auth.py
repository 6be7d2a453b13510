"""Who is asking, and may they?

In this order: 401 without a token, 403 with one that is not valid, 429 over a quota, 403 with one
that lacks the scope or the counter. A token that is bound to counters is told the same of every
other counter, whether there is one or not.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from litestar.handlers import BaseRouteHandler
from litestar.types import HTTPScope

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.clock import Clock
from visitjoin.receiver.catalog.memory import Answers, Memory
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tokens import (
    Token,
    TokenState,
    candidates,
    selector_of,
    the_shown,
)
from visitjoin.receiver.door.quotas import AnyConnection, Quotas, address_of, group_of
from visitjoin.receiver.door.rights import right_to
from visitjoin.receiver.refusals import Refusal

SCHEMES: Final = ("oauth", "bearer")
"""The API documents `OAuth`; many clients only know how to say `Bearer`."""

_CREATE_COUNTER: Final = ("POST", "/management/v1/counters")


@dataclass(frozen=True)
class Door:
    """What is asked of who comes in. quotas: None where there are none."""

    catalog: Catalog
    memory: Memory
    clock: Clock
    quotas: Quotas | None
    proxies: tuple[str, ...]

    def admit_address(self, connection: AnyConnection) -> None:
        """Let a request of an address through. Raises Refusal over its quota."""
        if self.quotas is not None:
            self.quotas.admit_address(address_of(connection, self.proxies))


async def need_token(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Let nobody in without a token that is valid and has the right to this call.

    The token is in the request's state as `token`, its name as `token_name`: who does something.
    Beside it, as `answers`, is what the catalog answered when the request came in.
    """
    door: Door = connection.app.state.door
    scope = cast("HTTPScope", connection.scope)
    method, path = scope["method"], scope["path_template"]
    counter_id: int | None = connection.path_params.get("counter_id")
    door.admit_address(connection)
    state = connection.state  # made anew each time that it is asked for
    state.answers = answers = door.memory.as_of_now()
    token = await _valid_token(answers, _shown(connection), door.clock())
    state.token = token
    state.token_name = token.name
    if door.quotas is not None:
        door.quotas.take_place(scope, token.name)
        group = group_of(method, path)
        await asyncio.to_thread(door.quotas.count_of_token, token.name, group)
    _check_scope(token, method, path)
    _check_counter(token, method, path, counter_id)
    if door.quotas is not None and counter_id is not None:
        await asyncio.to_thread(door.quotas.count_of_counter, counter_id, group)


def _shown(connection: AnyConnection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.casefold() not in SCHEMES or not token.strip():
        raise Refusal(
            ErrorType.UNAUTHORIZED,
            "No token. Send the header `Authorization: OAuth <token>`.",
            headers={"WWW-Authenticate": "OAuth"},
        )
    return token.strip()


async def _valid_token(answers: Answers, shown: str, now: datetime) -> Token:
    known = await answers.ask(candidates, selector_of(shown))
    token = the_shown(known, shown)
    if token is None:
        raise Refusal(ErrorType.INVALID_TOKEN, "Invalid oauth_token")
    # Who shows it knows its secret, and may know what became of it.
    match token.state(now):
        case TokenState.REVOKED:
            raise Refusal(ErrorType.INVALID_TOKEN, "Invalid oauth_token: it was revoked.")
        case TokenState.EXPIRED:
            raise Refusal(
                ErrorType.INVALID_TOKEN,
                f"Invalid oauth_token: it expired on {_day(token.expires_at)}.",
            )
        case TokenState.ACTIVE:
            return token


def _check_scope(token: Token, method: str, path: str) -> None:
    right = right_to(method, path)
    if not right.is_held(token.scopes):
        needed = " or ".join(sorted(right.value))
        raise _denied(f"this call needs a token with the scope {needed}.")


def _check_counter(token: Token, method: str, path: str, counter_id: int | None) -> None:
    if counter_id is not None and not token.reaches(counter_id):
        raise _denied(f"this token is not bound to counter {counter_id}.")
    if (method, path) == _CREATE_COUNTER and token.counters is not None:
        raise _denied("this token is bound to counters, so it makes no others.")


def _denied(missing: str) -> Refusal:
    return Refusal(ErrorType.ACCESS_DENIED, f"Access is denied: {missing}")


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"
