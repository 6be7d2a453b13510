"""How may a request be addressed and answered beside the way of the current reference?

Whatever a proxy leaves before the API's own path is passed over; so is the `.json` that a client
of the first version of the API puts after it. HEAD is GET without a body. `pretty=1` indents any
JSON answer (introduction, "Method call"). Nothing we answer depends on the Host or on the prefix.
"""

import re
from typing import Final
from urllib.parse import parse_qs

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from litestar.types.asgi_types import HTTPResponseStartEvent

_OF_THE_API: Final = re.compile(r".*?(/(?:management|visitjoin)/v1/.+?)(?:\.json)?/*$", re.DOTALL)
_OTHER_ADDRESSES: Final = (
    # Of the yclid calls of the older generation: what came by them is listed with the rest.
    (re.compile(r"/yclid_conversions(/uploadings?(?:/[^/]+)?)$"), r"/offline_conversions\1"),
    # As the pages on chats print it.
    (re.compile(r"(/offline_conversions/uploading)s(/[^/]+)$"), r"\1\2"),
)
_JSON: Final = b"application/json"
_INDENT: Final = 2


def front_door(app: ASGIApp) -> ASGIApp:
    """Put the door before an application. What it lets in is in the reference's own form."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        if _asks_for_indents(scope):
            send = _Indented(send)
        if scope["method"] == "HEAD":
            scope["method"], send = "GET", _without_body(send)
        scope["path"] = own_path(scope["path"])
        await app(scope, receive, send)

    return door


def own_path(path: str) -> str:
    """The path of a call as the reference has it; one that is not of the API stays as it is."""
    found = _OF_THE_API.fullmatch(path)
    if found is None:
        return path
    path = found[1]
    for other, own in _OTHER_ADDRESSES:
        path = other.sub(own, path)
    return path


def _asks_for_indents(scope: HTTPScope) -> bool:
    asked = scope["query_string"]
    return b"pretty" in asked and parse_qs(asked).get(b"pretty", [b""])[-1] in (b"1", b"true")


def _without_body(send: Send) -> Send:
    async def headers_only(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return headers_only


class _Indented:
    """Holds a JSON answer back until it is whole, and sends it indented."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: HTTPResponseStartEvent | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_json(message):
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self._body += message["body"]
            if not message["more_body"]:
                await self._send_whole(self._start)

    async def _send_whole(self, start: HTTPResponseStartEvent) -> None:
        body = msgspec.json.format(self._body, indent=_INDENT)
        headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        length = (b"content-length", str(len(body)).encode())
        start["headers"] = [*headers, length]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


def _is_json(start: HTTPResponseStartEvent) -> bool:
    types = [value for name, value in start["headers"] if name.lower() == b"content-type"]
    return bool(types) and types[-1].startswith(_JSON)
