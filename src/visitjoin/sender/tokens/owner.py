"""Whose is a token, and what may it see?"""

from typing import Final

from msgspec import Struct

from visitjoin.contract.counters import Counter
from visitjoin.contract.errors import Refused
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.steps import Request, ask
from visitjoin.sender.api.transport import Endpoint, Transport
from visitjoin.sender.tokens.address import guarded
from visitjoin.sender.tokens.token import Token

YANDEX_ID: Final = "https://login.yandex.ru"


class Owner(Struct, frozen=True):
    """An account, as https://yandex.com/dev/id/doc/en/user-information answers it."""

    id: str
    login: str | None = None
    client_id: str | None = None
    """The application that the token was made for."""


class Seen(Struct, frozen=True, kw_only=True):
    """What a token says of itself."""

    owner: Owner | None
    """None where the server has no accounts, as a receiver of one's own."""
    counters: tuple[Counter, ...]
    """Those that it may see."""
    problems: tuple[str, ...]


def owner_of(token: Token, identity: str = YANDEX_ID) -> Owner:
    """The account of a token. identity: address of the server that knows it; it sees the token.

    Raises Refused where the server does not know the token, TryLater where it is not reached.
    """
    address = guarded(identity, "The identity server's address")
    transport = Transport(Endpoint(str(address)), token.secret)
    try:
        request = Request(method="GET", path="/info", params={"format": "json"})
        return transport.run(ask(request, Owner, tries_again=True))
    finally:
        transport.close()


def look(metrica: Metrica, token: Token, identity: str | None) -> Seen:
    """Ask whose a token is and which counters it sees. Changes nothing.

    metrica: a client with that token. identity: as in `owner_of`; None to ask nobody, because a
    receiver's token is not to be shown to Yandex. Raises TryLater where a server is not reached.
    """
    problems = []
    owner, counters = None, tuple[Counter, ...]()
    try:
        owner = owner_of(token, identity) if identity else None
    except Refused as refusal:
        problems.append(f"Owner: {refusal}")
    try:
        counters = tuple(metrica.counters())
    except Refused as refusal:
        problems.append(f"Counters: {refusal}")
    return Seen(owner=owner, counters=counters, problems=tuple(problems))
