"""How do hits lie in a file, so that a torn end is told from what was promised?

Lines of JSON, in batches. Before each batch stands a line with its length and checksum; a batch
whose line, length or checksum is wrong was never promised to anybody, and nothing follows it.
A file belongs to one process, which is in its name, and is numbered there. While it is written to
it ends in `.open`; sealed, it is never written to again.
"""

import os
import shutil
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

import msgspec

from visitjoin.disk.durable import sync

LARGEST: Final = 64 << 20
"""Bytes, after which the next file begins: some 200,000 hits, which the lake takes at once."""

_OPEN: Final = ".open"
_SEALED: Final = ".sealed"


class _Batch(msgspec.Struct):
    """The line before a batch. No hit has these fields."""

    batch_bytes: int
    batch_crc: int


class Sealed(NamedTuple):
    """A file that is written to no longer. Ordered as they were written."""

    owner: str
    """The process that wrote it."""
    number: int
    """Its number among the files of that process, from 1."""
    path: Path


class JournalFile:
    """The file that one process writes to; the next one begins where one was sealed."""

    def __init__(self, folder: Path, owner: str) -> None:
        """folder: made where it is missing; owner: this process's name, no other has ever had."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._owner = owner
        self._number = 0
        self._descriptor: int | None = None
        self._size = 0
        self._lock = Lock()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to seal."""
        return self._descriptor is None

    def append(self, lines: Sequence[bytes]) -> None:
        """Write lines, each with its end, as one batch. On disk when this returns.

        Raises OSError; then none of them is in the file.
        """
        content = b"".join(lines)
        head = msgspec.json.encode(_Batch(len(content), zlib.crc32(content)))
        with self._lock:
            descriptor = self._open() if self._descriptor is None else self._descriptor
            try:
                _write(descriptor, head + b"\n" + content)
                os.fdatasync(descriptor)
            except OSError:
                self._give_up(descriptor)
                raise
            self._size += len(head) + 1 + len(content)
            if self._size >= LARGEST:
                self._seal(descriptor)

    def seal(self) -> None:
        """Write to this file no longer."""
        with self._lock:
            if self._descriptor is not None:
                self._seal(self._descriptor)

    def _open(self) -> int:
        self._number += 1
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            sync(self._folder)
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor, self._size = descriptor, 0
        return descriptor

    def _give_up(self, descriptor: int) -> None:
        """Go on in another file: after a failed sync nobody knows what of this one is on disk."""
        try:
            os.ftruncate(descriptor, self._size)
        finally:
            # Where even that failed, a torn batch is left, which is cut off now or by the next.
            self._close(descriptor)
            seal_torn(self.path)

    def _seal(self, descriptor: int) -> None:
        self._close(descriptor)
        _rename(self.path)

    def _close(self, descriptor: int) -> None:
        os.close(descriptor)
        self._descriptor = None

    @property
    def path(self) -> Path:
        """Where it is written to."""
        return self._folder / f"{self._owner}.{self._number:012d}{_OPEN}"


def seal_torn(file: Path) -> None:
    """Seal a file whose last batch may not be whole: what is torn is cut off."""
    whole = _whole_bytes(file)
    if whole < file.stat().st_size:
        os.truncate(file, whole)
        sync(file)
    _rename(file)


def sealed(folder: Path) -> list[Sealed]:
    """The files that wait to be taken, each process's in their order."""
    return sorted(_named(path) for path in folder.glob(f"*{_SEALED}"))


def open_files(folder: Path) -> list[tuple[str, Path]]:
    """The files that are written to, each with its owner."""
    return [(path.name.partition(".")[0], path) for path in sorted(folder.glob(f"*{_OPEN}"))]


def waiting(folder: Path) -> frozenset[str]:
    """Names of all files that are not in the lake yet, whether they are sealed or not."""
    found = (path for ending in (_OPEN, _SEALED) for path in folder.glob(f"*{ending}"))
    return frozenset(path.stem for path in found)


def copy_journals(folder: Path, into: Path) -> None:
    """Copy all files while they are written to; one that is taken meanwhile is left out.

    To whoever takes the copies in, their processes are dead: what was just being written is torn.
    """
    into.mkdir(parents=True, exist_ok=True)
    for name in sorted(waiting(folder)):
        with suppress(FileNotFoundError):
            shutil.copyfile(folder / f"{name}{_OPEN}", into / f"{name}{_OPEN}")
        # Sealed while we look, it has the other name, and all of it is there.
        with suppress(FileNotFoundError):
            shutil.copyfile(folder / f"{name}{_SEALED}", into / f"{name}{_SEALED}")
            (into / f"{name}{_OPEN}").unlink(missing_ok=True)


def _rename(file: Path) -> None:
    file.rename(file.with_suffix(_SEALED))


def _named(path: Path) -> Sealed:
    owner, number, _ = path.name.split(".")
    return Sealed(owner, int(number), path)


def _whole_bytes(file: Path) -> int:
    """How many bytes from the beginning are whole batches."""
    whole = 0
    with file.open("rb") as content:
        for line in content:
            try:
                batch = msgspec.json.decode(line, type=_Batch)
            except msgspec.MsgspecError:
                break
            found = content.read(batch.batch_bytes)
            if len(found) < batch.batch_bytes or zlib.crc32(found) != batch.batch_crc:
                break
            whole += len(line) + batch.batch_bytes
    return whole


def _write(descriptor: int, content: bytes) -> None:
    """Write all of it: a disk that is nearly full takes a part and says nothing."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
