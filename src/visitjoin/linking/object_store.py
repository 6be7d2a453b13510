"""How do files in an object store become readable and writable for the engine?

DuckDB's own way is an extension that it downloads when it first needs it. A server that may not
reach the rest of the world, or runs from an image that was checked, has no use for that. So the
engine gets a file system whose bytes come through deltalake, which reads and writes the tables too:
one client, and one set of credentials, from the environment (AWS_ACCESS_KEY_ID and so on).
"""

from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from deltalake.fs import DeltaStorageHandler
from pyarrow.fs import FileType, PyFileSystem

from visitjoin.linking.addresses import BEGIN, SCHEME

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


@cache
def file_system() -> "AbstractFileSystem":
    """What lets an engine read and write files of every bucket."""
    # fsspec is there for who keeps tables in an object store: everybody else goes without.
    from fsspec import AbstractFileSystem  # noqa: PLC0415 - as said

    class ObjectStore(AbstractFileSystem):  # type: ignore[misc]  # publishes no types
        """What DuckDB asks of a file system. Addresses are whole: s3://bucket/key."""

        protocol = SCHEME

        def open(self, path: str, mode: str = "rb", **_: Any) -> pa.NativeFile:  # noqa: ANN401 - fsspec's own
            bucket, key = _split(path)
            return bucket.open_input_file(key) if "r" in mode else bucket.open_output_stream(key)

        def info(self, path: str, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - fsspec's own
            bucket, key = _split(path)
            found = bucket.get_file_info(key)
            if found.type is FileType.NotFound:
                raise FileNotFoundError(path)
            return {"name": path, "size": found.size, "type": "file", "mtime": found.mtime}

        def modified(self, path: str) -> Any:  # noqa: ANN401 - a time, or what stands for one
            return self.info(path)["mtime"]

        def glob(self, path: str, **_: Any) -> list[str]:  # noqa: ANN401 - fsspec's own
            return [path]  # the tables name their files one by one

    return ObjectStore()


def _split(address: str) -> tuple[PyFileSystem, str]:
    """The store that an address is in, and the key there."""
    bucket, _, key = address.removeprefix(BEGIN).partition("/")
    return store(f"{BEGIN}{bucket}"), key


@cache
def store(address: str) -> PyFileSystem:
    """The files below an address, for reading and writing; their names are relative to it."""
    return PyFileSystem(_Handler(address))


class _Handler(DeltaStorageHandler):
    """deltalake's own, which takes bytes alone where Arrow gives it a buffer."""

    def open_output_stream(
        self, path: str, metadata: dict[str, str] | None = None
    ) -> pa.PythonFile:
        return pa.PythonFile(_Bytes(self._handler.open_output_stream(path, metadata)), "w")


class _Bytes:
    """A stream of deltalake's that is written to by Arrow."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - its stub leaves half of it out
        self._stream = stream

    def write(self, data: Any) -> int:  # noqa: ANN401 - bytes, or a buffer of Arrow's
        return int(self._stream.write(bytes(data)))

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self._stream.close()

    @property
    def closed(self) -> bool:
        return bool(self._stream.closed)
