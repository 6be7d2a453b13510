"""What is asked of the lake takes seconds where millions of rows are stored: who waits for it?

No page does. A question is answered with what was found last, and is asked anew behind its back
when the lake has changed; the page says so and looks again. What is found soon enough is there at
once, so a small lake is always answered as it is.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, Generic, TypeAlias, TypeVar

import structlog

from visitjoin.receiver.console.moved import Version, version_of
from visitjoin.receiver.work.stores import Stores

_log = structlog.get_logger()

T = TypeVar("T")

PATIENCE: Final = timedelta(milliseconds=40)
"""How long a page waits for an answer: it has two at most, and may take 100 in all."""

_MOST: Final = 500
"""Answers that are kept, a page of rows each or less: some 20 MB."""

_REST: Final = 9
"""So many times as long as a question took, it is left alone: hits come in all the time, and an
open page must not keep more than a tenth of the machine counting."""

_AT_ONCE: Final = 2
"""Questions asked of the lake at the same time, each with the memory limit to itself."""

Ask: TypeAlias = Callable[[Stores], T]


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What is known of a question. value: None where nothing is yet."""

    value: T | None
    as_of: datetime | None
    """When it was asked, aware."""
    is_current: bool
    """Whether nothing has changed since; where it has, it is being asked anew."""
    failed: bool = False


@dataclass(frozen=True)
class _Kept:
    value: Any
    version: Version
    as_of: datetime
    due: datetime
    """From when on it is asked anew, where something has changed."""


@dataclass
class Derived:
    """The answers of one receiver."""

    stores: Stores
    patience: timedelta = PATIENCE
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "visitjoin-console")
    )
    _kept: OrderedDict[Hashable, _Kept] = field(default_factory=OrderedDict)
    _asking: dict[Hashable, Future[None]] = field(default_factory=dict)
    _failed: set[Hashable] = field(default_factory=set)
    _behind: set[Hashable] = field(default_factory=set)
    """What is known to have changed, and is left alone for a while."""
    _lock: Lock = field(default_factory=Lock)

    def answer(self, counter_id: int, about: Hashable, ask: Ask[T]) -> Answer[T]:
        """What is known of a question about a counter.

        about: tells one question from another. ask: answers it as the lake is now; it may take its
        time.
        """
        key = (counter_id, about)
        with self._lock:
            asking = self._asking.get(key)
            if asking is None:
                asking = self._threads.submit(self._renew, key, counter_id, ask)
                self._asking[key] = asking
        done = bool(wait([asking], timeout=self.patience.total_seconds()).done)
        with self._lock:
            kept = self._kept.get(key)
            failed, behind = key in self._failed, key in self._behind
        if kept is None:
            return Answer(None, None, is_current=False, failed=failed)
        return Answer(
            kept.value, kept.as_of, is_current=done and not (failed or behind), failed=failed
        )

    def close(self) -> None:
        """Ask nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _renew(self, key: Hashable, counter_id: int, ask: Ask[Any]) -> None:
        try:
            # The tables that are looked at are those that are asked: they are opened once.
            with self.stores.lake.staying():
                # Looked at before the rows are: what comes in between is taken for unseen.
                version = version_of(self.stores, counter_id)
                kept, began = self._kept.get(key), self.stores.clock()
                if kept is None or (kept.version != version and began >= kept.due):
                    value = ask(self.stores)
                    ended = self.stores.clock()
                    kept = _Kept(value, version, began, ended + _REST * (ended - began))
                self._keep(key, kept, is_current=kept.version == version)
        except Exception:  # noqa: BLE001 - whatever it is, the page says so, and what was found stands
            _log.exception("console_question_failed", counter=counter_id)
            with self._lock:
                self._failed.add(key)
        finally:
            with self._lock:
                self._asking.pop(key, None)

    def _keep(self, key: Hashable, kept: _Kept, *, is_current: bool) -> None:
        with self._lock:
            self._failed.discard(key)
            (self._behind.discard if is_current else self._behind.add)(key)
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST:
                oldest, _ = self._kept.popitem(last=False)
                self._failed.discard(oldest)
                self._behind.discard(oldest)
