"""How does a file get from a request to the disk without passing through memory?"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from streaming_form_data import ParseFailedException, StreamingFormDataParser
from streaming_form_data.targets import BaseTarget

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.uploads import FILE_PART
from visitjoin.receiver.refusals import Refusal

_BATCH: Final = 1 << 20
"""Bytes that are collected before a thread writes them: a thread for each chunk costs more."""

_FRAME: Final = 1 << 16
"""Bytes that a body may have beyond its file: boundaries and the part's own headers."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """A request's body, not yet read."""

    stream: AsyncIterator[bytes]
    content_type: str
    """With the boundary."""
    length: int | None
    """Bytes, where the client announced them."""


async def receive_file(body: Body, *, to: Path, largest: int) -> str:
    """Stream the one part named `file` of a multipart body to disk.

    largest: bytes of the file at most; a body that announces more is not read at all.

    Returns the file's name as the client gave it: not a path to be opened. Raises Refusal where
    the body is not multipart, is too large, breaks off, or has no file or more than one.
    """
    _check_length(body, largest)
    with to.open("wb") as file:
        part = _FilePart(file)
        parser = _parser(body.content_type, part)
        received = 0
        async for batch in _batches(body.stream):
            received += len(batch)
            if received > largest + _FRAME:
                raise _too_large(largest)
            await asyncio.to_thread(_parse, parser, batch)
    if part.size > largest:
        raise _too_large(largest)
    part.check()
    return str(part.multipart_filename or "")


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


class _FilePart(BaseTarget):  # type: ignore[misc]  # publishes no types
    """Writes the part to an open file."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self.size = 0
        self._file = file
        self._times_begun = 0
        self._times_ended = 0

    def on_start(self) -> None:
        self._times_begun += 1

    def on_data_received(self, chunk: bytes) -> None:
        self.size += self._file.write(chunk)

    def on_finish(self) -> None:
        self._times_ended += 1

    def check(self) -> None:
        if self._times_begun == 0:
            raise _missing("The body has no part named `file`.")
        if self._times_begun > 1:
            raise _broken("The body has more than one part named `file`. Send one at a time.")
        if self._times_ended == 0:
            raise _broken("The body breaks off before the end of the part named `file`.")


def _parser(content_type: str, part: _FilePart) -> StreamingFormDataParser:
    try:
        parser = StreamingFormDataParser(headers={"Content-Type": content_type})
    except ParseFailedException as error:
        raise Refusal(
            ErrorType.INVALID_UPLOADING,
            "The body is not multipart/form-data with a boundary. Send the file as a form does: "
            'one part named "file". Let your HTTP library write the Content-Type header.',
        ) from error
    parser.register(FILE_PART, part)
    return parser


def _parse(parser: StreamingFormDataParser, batch: bytes) -> None:
    try:
        parser.data_received(batch)
    except ParseFailedException as error:
        raise _broken("The body is not framed by the boundary that its header names.") from error


async def _batches(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    chunks: list[bytes] = []
    size = 0
    async for chunk in body:
        chunks.append(chunk)
        size += len(chunk)
        if size >= _BATCH:
            yield b"".join(chunks)
            chunks, size = [], 0
    if chunks:
        yield b"".join(chunks)


def _missing(message: str) -> Refusal:
    return Refusal(ErrorType.MISSING_PARAMETER, message, location=FILE_PART)


def _broken(message: str) -> Refusal:
    return Refusal(ErrorType.INVALID_UPLOADING, message, location=FILE_PART)
