"""Files on their way to a server and from it: streamed, never held whole."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, cast

import httpx

from visitjoin.contract.uploads import FILE_PART
from visitjoin.sender.api.steps import FilePart, Request

_AT_ONCE: Final = 16
"""Pieces of 64 KiB (httpx's) that a thread reads for the loop in one go: a gigabyte takes a
thousand trips to a thread instead of sixteen thousand."""


@contextmanager
def prepared(
    client: httpx.Client | httpx.AsyncClient, request: Request, timeout: httpx.Timeout
) -> Iterator[httpx.Request]:
    """The request as httpx sends it; its file is open while the context lasts."""
    if request.file is None:
        yield _built(client, request, timeout)
        return
    with request.file.path.open("rb") as file:
        named = (request.file.path.name, file, request.file.content_type)
        built = _built(client, request, timeout, {FILE_PART: named})
        # httpx's body of a form goes both ways, and says so to no type checker.
        body = cast("httpx.SyncByteStream", built.stream)
        built.stream = _Streamed(body, file, request.file)
        yield built


def _built(
    client: httpx.Client | httpx.AsyncClient,
    request: Request,
    timeout: httpx.Timeout,
    files: dict[str, tuple[str, BinaryIO, str]] | None = None,
) -> httpx.Request:
    return client.build_request(
        request.method,
        request.path,
        params=request.params,
        headers=request.headers,
        json=request.json,
        files=files,
        timeout=timeout,
    )


@contextmanager
def appearing(path: Path) -> Iterator[BinaryIO]:
    """A file to write and to look at, which stands at its place once that went well."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w+b") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class _Streamed(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A multipart body that tells how much of its file has left."""

    def __init__(self, body: httpx.SyncByteStream, file: BinaryIO, part: FilePart) -> None:
        self._body = body
        self._file = file
        self._size = part.path.stat().st_size
        self._on_progress = part.on_progress

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            yield piece
            self._tell()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The disk is read by a thread: httpx by itself would stop the loop for each read."""
        pieces = iter(self._body)
        while some := await asyncio.to_thread(_joined, pieces):
            yield some
            self._tell()

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self._file.tell(), self._size)


def _joined(pieces: Iterator[bytes]) -> bytes:
    return b"".join(islice(pieces, _AT_ONCE))
