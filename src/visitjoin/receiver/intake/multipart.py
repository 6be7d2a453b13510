"""How does a file get from a request to the disk without passing through memory?"""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from multipart import MultipartError, MultipartSegment, PushMultipartParser

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.uploads import FILE_PART
from visitjoin.receiver.intake.framing import boundary_of, not_encoded
from visitjoin.receiver.refusals import Refusal, bad_file

_BATCH: Final = 1 << 20
"""Bytes that are collected before a thread writes them: a thread for each chunk costs more."""

_FRAME: Final = 1 << 16
"""Bytes that a body may have beyond its file: boundaries and the part's own headers."""

_MOST_PARTS: Final = 100
"""Parts of a body at most: a form has a handful, and each costs time."""

_LONGEST_FIELD: Final = 4096
"""Characters that are kept of a part that is no file."""

_SHOWN: Final = 5
"""Names of parts that a message shows."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """A request's body, not yet read."""

    stream: AsyncIterator[bytes]
    content_type: str
    """As the header has it: it may lack the boundary, or say something else."""
    length: int | None
    """Bytes, where the client announced them."""
    content_encoding: str = ""


async def receive_file(
    body: Body, *, to: Path, largest: int, fields: MutableMapping[str, str] | None = None
) -> str:
    """Stream a file to disk: the one part named `file` of a multipart body, or the body itself.

    largest: bytes of the file at most; a body that announces more is not read at all. fields: is
    given the text of the other parts, of each the first bytes; None where nobody asks for them.

    Returns the file's name as the client gave it, empty where it gave none: not a path to be
    opened. Raises Refusal where the body cannot be read, is too large, breaks off, or has no file
    or more than one.
    """
    _check_length(body, largest)
    not_encoded(body.content_encoding)
    with to.open("wb") as file:
        reader: _Reader | None = None
        received = 0
        async for batch in _batches(body.stream):
            received += len(batch)
            if received > largest + _FRAME:
                raise _too_large(largest)
            reader = reader or _reader(body.content_type, batch, file, fields)
            await asyncio.to_thread(reader.take, batch)
            if reader.size > largest:
                raise _too_large(largest)
    if reader is None:
        raise _missing("The body is empty. Send a form with one part named `file`.")
    return reader.end()


async def discard(body: Body, *, largest: int) -> None:
    """Read a body and keep nothing of it. Raises Refusal where it is too large to be read."""
    _check_length(body, largest)
    received = 0
    async for chunk in body.stream:
        received += len(chunk)
        if received > largest + _FRAME:
            raise _too_large(largest)


def _check_length(body: Body, largest: int) -> None:
    if body.length is not None and body.length > largest + _FRAME:
        raise _too_large(largest)


def _too_large(largest: int) -> Refusal:
    return Refusal(
        ErrorType.TOO_LARGE,
        f"The file has more than {largest:,} bytes. Split it and upload the parts.",
    )


class _Reader(Protocol):
    """Writes the file that a body brings to an open file."""

    size: int
    """Bytes of the file so far."""

    def take(self, batch: bytes) -> None:
        """The next bytes of the body."""

    def end(self) -> str:
        """The body is over. Returns the file's name; raises Refusal where there is no file."""


def _reader(
    content_type: str, beginning: bytes, file: BinaryIO, fields: MutableMapping[str, str] | None
) -> _Reader:
    boundary = boundary_of(content_type, beginning)
    return _Bare(file) if boundary is None else _Framed(boundary, file, fields)


class _Bare:
    """The body is the file."""

    def __init__(self, file: BinaryIO) -> None:
        self.size = 0
        self._file = file

    def take(self, batch: bytes) -> None:
        self.size += self._file.write(batch)

    def end(self) -> str:
        return ""


class _Framed:
    """The file is a part of the body; the other parts are fields, or passed over."""

    def __init__(
        self, boundary: bytes, file: BinaryIO, fields: MutableMapping[str, str] | None
    ) -> None:
        self.size = 0
        self._file = file
        self._fields = fields
        self._parser = PushMultipartParser(boundary, max_segment_count=_MOST_PARTS)
        self._parts: list[MultipartSegment] = []

    def take(self, batch: bytes) -> None:
        try:
            for event in self._parser.parse(batch):
                self._heed(event)
        except MultipartError as error:
            raise bad_file(f"The body is not multipart/form-data: {_said(error)}.") from error

    def _heed(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        if isinstance(event, MultipartSegment):
            self._begin(event)
        elif event and self._parts[-1].name == FILE_PART:
            self.size += self._file.write(event)
        elif event and self._fields is not None:
            name = self._parts[-1].name or ""
            text = self._fields.get(name, "") + event.decode("utf-8", errors="replace")
            self._fields[name] = text[:_LONGEST_FIELD]

    def _begin(self, part: MultipartSegment) -> None:
        self._parts.append(part)
        if part.name != FILE_PART:
            return
        if sum(other.name == FILE_PART for other in self._parts) > 1:
            raise bad_file("The body has more than one part named `file`. Send one at a time.")
        encoding = part.header("Content-Transfer-Encoding", "binary")
        if encoding.strip().casefold() not in ("binary", "8bit", "7bit"):
            raise bad_file(
                "The part named `file` has a Content-Transfer-Encoding, which forms no longer "
                "have (RFC 7578). Send its bytes as they are."
            )

    def end(self) -> str:
        try:
            self._parser.close()
        except MultipartError as error:
            raise bad_file("The body breaks off before its last boundary.") from error
        for part in self._parts:
            if part.name == FILE_PART:
                return part.filename or ""
        names = ", ".join(f"`{(part.name or '')[:40]}`" for part in self._parts[:_SHOWN])
        instead = f" It has {names}: call the one with the file `file`." if names else ""
        raise _missing(f"The body has no part named `file`.{instead}")


def _said(error: MultipartError) -> str:
    text = str(error.args[0]) if error.args else "it is damaged"
    return text[:1].lower() + text[1:]


async def _batches(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    chunks: list[bytes] = []
    size = 0
    async for chunk in body:
        chunks.append(chunk)
        size += len(chunk)
        if size >= _BATCH:
            yield b"".join(chunks)
            chunks, size = [], 0
    if size:
        yield b"".join(chunks)


def _missing(message: str) -> Refusal:
    return Refusal(ErrorType.MISSING_PARAMETER, message, location=FILE_PART)
