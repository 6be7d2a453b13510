"""How may a request be addressed and answered beside the way of the current reference?

Whatever a proxy leaves before the API's own path is passed over; so is the `.json` that a client
of the first version of the API puts after it. HEAD is GET without a body. `pretty=1` indents any
JSON answer (introduction, "Method call"), and `callback` makes a function call of one about goals
(goal reference). Nothing we answer depends on the Host or on the prefix.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Final, TypeAlias
from urllib.parse import parse_qs

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from litestar.types.asgi_types import HTTPResponseStartEvent

_OF_THE_API: Final = re.compile(r".*?(/(?:management|visitjoin)/v1/.+?)(?:\.json)?/*$", re.DOTALL)
_SLASHES: Final = re.compile("/{2,}")
"""A client whose base address ends in a slash writes two."""

_OTHER_ADDRESSES: Final = (
    # Of the yclid calls of the older generation: what came by them is listed with the rest.
    (re.compile(r"/yclid_conversions(/uploadings?(?:/[^/]+)?)$"), r"/offline_conversions\1"),
    # As the pages on chats print it.
    (re.compile(r"(/offline_conversions/uploading)s(/[^/]+)$"), r"\1\2"),
)
_JSON: Final = b"application/json"
_OF_THE_BODY: Final = (b"content-length", b"content-type")
_INDENT: Final = 2

_TAKES_CALLBACK: Final = "/goal"
"""The calls that read goals (goal reference)."""

_NAME: Final = re.compile(r"[A-Za-z_$][\w$.]{0,127}", re.ASCII)
"""Of a function, and nothing that could be more than a name."""

_PATHS: Final = 1024
"""Paths of which is remembered how they read: as many as the framework remembers routes of."""

Form: TypeAlias = Callable[[bytes], tuple[bytes, bytes]]
"""Takes an answer in JSON; returns it in another form, and its Content-Type."""


def front_door(app: ASGIApp) -> ASGIApp:
    """Put the door before an application. What it lets in is in the reference's own form."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        if form := _form_of(scope):
            send = _InForm(send, form)
        if scope["method"] == "HEAD":
            scope["method"], send = "GET", _without_body(send)
        scope["path"] = own_path(scope["path"])
        await app(scope, receive, send)

    return door


@lru_cache(_PATHS)
def own_path(path: str) -> str:
    """The path of a call as the reference has it; one that is not of the API stays as it is."""
    found = _OF_THE_API.fullmatch(_SLASHES.sub("/", path))
    if found is None:
        return path
    path = found[1]
    for other, own in _OTHER_ADDRESSES:
        path = other.sub(own, path)
    return path


def _form_of(scope: HTTPScope) -> Form | None:
    """The form in which a JSON answer is asked for; None for the usual one."""
    asked = scope["query_string"]
    if b"pretty" not in asked and b"callback" not in asked:
        return None
    query = parse_qs(asked.decode("latin-1"))
    function = query.get("callback", [""])[-1]
    if scope["method"] == "GET" and _TAKES_CALLBACK in scope["path"] and _NAME.fullmatch(function):
        return partial(_as_call, function)
    return _indented if query.get("pretty", [""])[-1] in ("1", "true") else None


def _indented(body: bytes) -> tuple[bytes, bytes]:
    return msgspec.json.format(body, indent=_INDENT), _JSON


def _as_call(function: str, body: bytes) -> tuple[bytes, bytes]:
    # The comment keeps a browser's plug-ins from taking the answer for something of their own.
    return b"/**/" + function.encode() + b"(" + body + b");", b"application/javascript"


def _without_body(send: Send) -> Send:
    async def headers_only(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return headers_only


class _InForm:
    """Holds a JSON answer back until it is whole, and sends it in another form."""

    def __init__(self, send: Send, form: Form) -> None:
        self._send = send
        self._form = form
        self._start: HTTPResponseStartEvent | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_json(message):
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self._body += message["body"]
            if not message.get("more_body"):
                await self._send_whole(self._start)

    async def _send_whole(self, start: HTTPResponseStartEvent) -> None:
        body, type_ = self._form(self._body)
        kept = [pair for pair in start["headers"] if pair[0].lower() not in _OF_THE_BODY]
        length = (b"content-length", str(len(body)).encode())
        start["headers"] = [*kept, length, (b"content-type", type_)]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


def _is_json(start: HTTPResponseStartEvent) -> bool:
    types = [value for name, value in start["headers"] if name.lower() == b"content-type"]
    return bool(types) and types[-1].startswith(_JSON)
