"""How does each write get into the log of writes?

With its answer: the line is in the catalog before the first byte of the answer leaves. Written down
is what came with a token that is valid, done or refused; not what was refused for a quota, for
nobody looked at what it asked, and a client that hammers would fill the log with it.
"""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final, cast

import structlog
from litestar.enums import ScopeType
from litestar.types import Message, Scope

from visitjoin.contract.clock import Clock
from visitjoin.receiver.catalog.audit import Written, forget, note
from visitjoin.receiver.catalog.opening import Catalog

_log = structlog.get_logger()

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MADE: Final = "made"
"""In a request's state: what it made, where the path cannot say it."""


def name_made(request: Any, noun: str, id_: int) -> None:  # noqa: ANN401 - any framework's request
    """Say what a request made, for the log. noun: e.g. "goal"."""
    request.state[_MADE] = f"{noun} {id_}"


@dataclass
class Audit:
    """Writes the log of one receiver. retention: how long a line is kept."""

    catalog: Catalog
    clock: Clock
    retention: timedelta
    _cleared_on: date | None = None

    async def before_send(self, message: Message, scope: Scope) -> None:
        """For the framework, before each message of an answer: note the write that it answers."""
        if message["type"] != "http.response.start" or scope["type"] != ScopeType.HTTP:
            return
        if scope["method"] in _READING:
            return
        token = scope["state"].get("token_name")
        if token is None or message["status"] == HTTPStatus.TOO_MANY_REQUESTS:
            return
        written = Written(
            made_at=self.clock(),
            made_by=token,
            action=f"{scope['method']} {scope['path_template']}",
            counter_id=cast("int | None", scope["path_params"].get("counter_id")),
            object=_object(scope),
            result=str(message["status"]),
        )
        await asyncio.to_thread(self._note, written)

    def _note(self, written: Written) -> None:
        try:
            self._clear(written)
            note(self.catalog, written)
        except Exception:  # noqa: BLE001 - what was written is written; its answer must not say otherwise
            _log.exception(
                "audit_failed",
                token=written.made_by,
                action=written.action,
                counter=written.counter_id,
                object=written.object,
                result=written.result,
            )

    def _clear(self, written: Written) -> None:
        """Remove what is too old, once a day."""
        today = written.made_at.date()
        if self._cleared_on != today:
            forget(self.catalog, before=written.made_at - self.retention)
            self._cleared_on = today


def _object(scope: Scope) -> str | None:
    if made := scope["state"].get(_MADE):
        return str(made)
    for name, id_ in scope["path_params"].items():
        if name != "counter_id":
            return f"{name.removesuffix('_id')} {id_}"
    return None
