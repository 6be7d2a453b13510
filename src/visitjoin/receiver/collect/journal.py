"""How are many hits made durable at the price of few syncs?

Group commit: while one batch is being synced, by a thread, the hits that arrive wait together for
the next. Each is answered when its batch is on disk, or told that it was not kept.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import structlog

from visitjoin.receiver.collect.counted import HITS, KEPT, NOT_KEPT
from visitjoin.receiver.collect.journal_file import JournalFile

_log = structlog.get_logger()

MOST_WAITING: Final = 16 << 20
"""Bytes that wait for a sync: some 50,000 hits, which a disk that syncs takes in a second or two.
Where more wait, the disk does not keep up, and who sends is told to come later."""


class NotKept(Exception):  # noqa: N818 - told to who sent it, not a fault of the code
    """A hit is not on disk: the disk is full or fails, or too many wait."""


class Journal:
    """Where the hits that come to this process are written down. Of one event loop."""

    def __init__(self, folder: Path, owner: str, *, most_waiting: int = MOST_WAITING) -> None:
        """folder: of all journals; owner: this process's name; most_waiting: bytes."""
        self._file = JournalFile(folder, owner)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="visitjoin-journal")
        self._most_waiting = most_waiting
        self._lines: list[bytes] = []
        self._promised: list[asyncio.Future[None]] = []
        self._bytes = 0
        self._hits = 0
        self._writing: asyncio.Task[None] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no hit lies in it."""
        return self._file.is_empty

    async def keep(self, lines: bytes, *, hits: int) -> None:
        """Write lines, each with its end. On disk when this returns. Raises NotKept.

        hits: how many lines.
        """
        if self._bytes + len(lines) > self._most_waiting:
            HITS[NOT_KEPT].inc(hits)
            raise NotKept
        # A future of its own for each: one request that is given up must not take others along.
        promised = asyncio.get_running_loop().create_future()
        self._lines.append(lines)
        self._promised.append(promised)
        self._bytes += len(lines)
        self._hits += hits
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await promised

    def seal(self) -> None:
        """Let what is on disk be taken. From any thread."""
        self._file.seal()

    def close(self) -> None:
        """Write no more."""
        self._thread.shutdown()
        self._file.seal()

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._lines:
            lines, promised, hits = self._lines, self._promised, self._hits
            self._lines, self._promised, self._bytes, self._hits = [], [], 0, 0
            try:
                await loop.run_in_executor(self._thread, self._file.append, lines)
            except Exception:  # noqa: BLE001 - whatever it is, who waits has to be told
                _log.exception("hits_not_kept", hits=hits)
                HITS[NOT_KEPT].inc(hits)
                _refuse(promised)
            else:
                HITS[KEPT].inc(hits)
                _fulfil(promised)
        self._writing = None


def _fulfil(promised: Sequence[asyncio.Future[None]]) -> None:
    for each in promised:
        if not each.done():
            each.set_result(None)


def _refuse(promised: Sequence[asyncio.Future[None]]) -> None:
    for each in promised:
        if not each.done():
            each.set_exception(NotKept())
