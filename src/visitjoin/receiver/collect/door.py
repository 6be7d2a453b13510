"""How does a hit get in? `GET` and `POST /collect`, before everything else.

Plain ASGI in front of the framework: a page sends several hits, and a shop has many pages. What is
answered with 2xx is on disk, or was not wanted; see docs/explanation/collecting.md for the rules.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from visitjoin.contract.clock import Clock
from visitjoin.contract.counters import CollectionSettings
from visitjoin.contract.hits import (
    LONGEST_LINE,
    PAGEVIEW,
    NotTaken,
    counter_of,
    fields_of,
    hit_of,
)
from visitjoin.receiver.collect.answers import (
    IMAGE,
    LATER,
    LINE_TOO_LONG,
    NO_MEASUREMENT_TOKEN,
    OK,
    OTHER_METHOD,
    PREFLIGHT,
    Answer,
    refused,
)
from visitjoin.receiver.collect.body import Bodies, NoBody
from visitjoin.receiver.collect.counted import HITS, REFUSED, UNREAD, UNWANTED
from visitjoin.receiver.collect.journal import Journal, NotKept
from visitjoin.receiver.collect.rates import Rates
from visitjoin.receiver.collect.sites import Sites

PATH: Final = "/collect"

_LONGEST_AGENT: Final = 512
"""Bytes of a User-Agent that are looked at; those of browsers have 200."""

_COOKIE: Final = "_ym_uid"
_COOKIE_SECONDS: Final = 365 * 24 * 3600
"""Name and life of the ClientID's cookie, as Metrica's tag has them."""

_encode: Final = msgspec.json.Encoder().encode

Headers = dict[bytes, bytes]


@dataclass(frozen=True)
class Collection:
    """What the door needs."""

    journal: Journal
    sites: Sites
    bodies: Bodies
    rates: Rates | None
    """None: an address may send as much as it likes."""
    clock: Clock


def take_hits_before(app: ASGIApp, collection: Collection) -> ASGIApp:
    """Put the door for hits before an application, which sees everything else."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not scope["path"].rstrip("/").endswith(PATH):
            await app(scope, receive, send)
            return
        answer = await _taken(collection, scope, receive)
        await send(
            {
                "type": "http.response.start",
                "status": answer.status.value,
                "headers": answer.headers,
            }
        )
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return door


async def _taken(collection: Collection, scope: HTTPScope, receive: Receive) -> Answer:
    headers = dict(scope["headers"])
    body = b""
    if scope["method"] == "POST":
        # Also of who is refused: a client reads no answer before it has sent all.
        try:
            body = await collection.bodies.read(receive, headers.get(b"content-length"))
        except NoBody as refusal:
            HITS[UNREAD].inc()
            return refusal.answer
    if collection.rates is not None:
        too_many = collection.rates.refusal(scope, now=collection.clock())
        if too_many is not None:
            HITS[UNREAD].inc()
            return too_many
    return await _answered(collection, scope, headers, body)


async def _answered(
    collection: Collection, scope: HTTPScope, headers: Headers, body: bytes
) -> Answer:
    method = scope["method"]
    written = scope["query_string"]
    query = fields_of(_text(written)) if written else {}
    if method == "POST":
        # What stands in the address holds for every line of the body.
        lines = [line for written in body.split(b"\n") if (line := written.strip())]
        return await _lines(collection, headers, query, lines) or OK
    if method in ("GET", "HEAD"):
        if headers.get(b"accept", b"").startswith(b"image/"):
            return await _image(collection, headers, query)
        return await _lines(collection, headers, query, []) or OK
    return PREFLIGHT if method == "OPTIONS" else OTHER_METHOD


async def _lines(
    collection: Collection, headers: Headers, common: dict[str, str], lines: list[bytes]
) -> Answer | None:
    """Take every hit that can be taken. Returns None, or why the first other one was not.

    common: what holds for all of them, and is a hit of its own where there are no lines.
    """
    taken = []
    wrong = None
    for number, line in enumerate(lines or [b""], 1):
        try:
            fields = {**common, **_fields(line)} if common else _fields(line)
            if hit := await _hit(collection, headers, fields):
                taken.append(hit)
        except Refused as refusal:
            HITS[REFUSED].inc()
            wrong = wrong or (refusal.answer if len(lines) <= 1 else _of_line(number, refusal))
    if not taken:
        return wrong
    try:
        await collection.journal.keep(b"".join(taken), hits=len(taken))
    except NotKept:
        return LATER
    return wrong


class Refused(Exception):  # noqa: N818 - an answer
    """A hit is not taken."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer.body.decode())


def _fields(line: bytes) -> dict[str, str]:
    if len(line) > LONGEST_LINE:
        raise Refused(LINE_TOO_LONG)
    return fields_of(_text(line)) if line else {}


async def _hit(collection: Collection, headers: Headers, fields: dict[str, str]) -> bytes | None:
    """The line of the journal for a hit; None where it is not wanted. Raises Refused."""
    now = collection.clock()
    try:
        counter_id = counter_of(fields)
        site = await collection.sites.site(counter_id, now=now)
        if site is None:
            message = f"tid: there is no counter {counter_id}."
            raise Refused(refused(message, HTTPStatus.NOT_FOUND))
        wanted = site.settings.measurement_tokens
        if wanted and not _is_among(wanted, fields.get("ms", "")):
            raise Refused(NO_MEASUREMENT_TOKEN)
        if _is_unwanted(site.settings, headers):
            HITS[UNWANTED].inc()
            return None
        agent = headers.get(b"user-agent", b"")[:_LONGEST_AGENT].decode("latin-1")
        received = int(now.timestamp() * 1000)
        hit = hit_of(fields, counter_id, received_ms=received, user_agent=agent or None)
    except NotTaken as error:
        raise Refused(refused(str(error))) from error
    return _encode(hit) + b"\n"


async def _image(collection: Collection, headers: Headers, fields: dict[str, str]) -> Answer:
    """Take the hit of an image: a page without scripts can say neither where it is nor who."""
    fields.setdefault("t", PAGEVIEW)
    if "dl" not in fields and (page := headers.get(b"referer")):
        fields["dl"] = _text(page)
    is_named = "cid" in fields
    if not is_named:
        fields["cid"] = _cookie(headers) or _new_client_id(collection.clock)
    if answer := await _lines(collection, headers, fields, []):
        return answer
    site = await collection.sites.site(counter_of(fields), now=collection.clock())
    if is_named or site is None or _is_unwanted(site.settings, headers):
        return IMAGE
    cookie = f"{_COOKIE}={fields['cid']}; Max-Age={_COOKIE_SECONDS}; Path=/; SameSite=Lax"
    return IMAGE.with_header(b"set-cookie", cookie.encode())


def _cookie(headers: Headers) -> str | None:
    try:
        found = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(_COOKIE)
    except CookieError:
        return None
    return found.value if found is not None else None


def _new_client_id(clock: Clock) -> str:
    """As Metrica's tag makes one: the seconds of now, and a number from a million to a billion."""
    return f"{int(clock().timestamp())}{1_000_000 + secrets.randbelow(999_000_000)}"


def _is_unwanted(settings: CollectionSettings, headers: Headers) -> bool:
    """Whether who sends asks not to be tracked, and the counter honours it."""
    asks = headers.get(b"dnt") == b"1" or headers.get(b"sec-gpc") == b"1"
    return asks and settings.honours_do_not_track


def _is_among(wanted: Iterable[str], token: str) -> bool:
    """In a time that tells nothing of how much of a token is right."""
    given = token.encode()
    return any(secrets.compare_digest(each.encode(), given) for each in wanted)


def _of_line(number: int, refusal: Refused) -> Answer:
    return refused(f"Line {number}: {refusal}", refusal.answer.status)


def _text(written: bytes) -> str:
    return written.decode("utf-8", "replace")
