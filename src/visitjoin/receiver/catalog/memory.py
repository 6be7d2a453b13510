"""What did the catalog answer, and does it still?

A client asks again and again how far an uploading has come, with the same token each time, and
mostly nothing was written since. SQLite tells in 3 microseconds whether anything was, by this
process or by another over the same file; to ask the question itself takes twenty times as long.
The promise: no request gets an answer that is older than the last commit before it came in.

PostgreSQL tells nothing as cheaply, and so over it each request asks anew.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, TypeVarTuple

from visitjoin.receiver.catalog.asking import ask, is_asked_at_once
from visitjoin.receiver.catalog.opening import Catalog

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_MOST: Final = 1000
"""Answers that are kept, of about a kilobyte each. Of those asked for again there are far fewer."""


class Answers:
    """Answers of a catalog that stood at one moment, and those that it gives later."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[Any, Any] = {}

    async def ask(self, question: Callable[[Catalog, *Ts], T], *args: *Ts) -> T:
        """The answer of a question that reads one row or a few and depends on nothing else.

        args: hashable. That nothing was found (None, False, no rows) is not remembered: who guesses
        what there is would fill the memory with it.
        """
        key = (question, args)
        known: T | None = self._known.get(key)
        if known:
            return known
        answer = await ask(question, self._catalog, *args)
        if answer:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = answer
        return answer


class Memory:
    """Remembers what one catalog answered. For coroutines of one event loop."""

    def __init__(self, catalog: Catalog) -> None:
        """Over SQLite it holds a connection of its own, from its first use until `close`."""
        self._catalog = catalog
        self._answers = Answers(catalog)
        self._watch: _Watch | None = None

    def as_of_now(self) -> Answers:
        """The answers that stand now: for the questions of one request, when it has come in."""
        if not is_asked_at_once(self._catalog):
            return Answers(self._catalog)
        if self._watch is None:
            self._watch = _Watch(self._catalog)
        if self._watch.sees_a_commit():
            self._answers = Answers(self._catalog)
        return self._answers

    def close(self) -> None:
        """Give the connection back, and forget."""
        if self._watch is not None:
            self._watch.close()
        self._watch = None
        self._answers = Answers(self._catalog)


class _Watch:
    """Sees commits to a SQLite catalog.

    `data_version` changes for a connection when any other one has committed, whosever it is
    (https://www.sqlite.org/pragma.html#pragma_data_version). This one never writes, so that all are
    others.
    """

    def __init__(self, catalog: Catalog) -> None:
        # Of the driver: through SQLAlchemy the look would take as long as what it saves.
        self._connection = catalog.raw_connection()
        self._cursor = self._connection.cursor()
        self._version: int | None = None

    def sees_a_commit(self) -> bool:
        """Whether anybody has committed since this was asked last, or may have: the first time."""
        self._cursor.execute("pragma data_version")
        # To the end of the rows, which ends the reading: no checkpoint waits for it.
        ((version,),) = self._cursor.fetchall()
        is_new = version != self._version
        self._version = version
        return bool(is_new)

    def close(self) -> None:
        self._connection.close()
