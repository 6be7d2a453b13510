"""How do files in an object store become readable and writable for the engine?

DuckDB's own way is an extension that it downloads when it first needs it. A server that may not
reach the rest of the world, or runs from an image that was checked, has no use for that. So the
engine gets a file system whose bytes come through deltalake, which reads and writes the tables too:
one client, and one set of credentials, from the environment (AWS_ACCESS_KEY_ID and so on).
"""

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import duckdb
import pyarrow as pa
from deltalake.fs import DeltaStorageHandler
from pyarrow.fs import FileType, PyFileSystem

from visitjoin.contract.errors import SettingError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_SCHEME: Final = "s3"
_BEGIN: Final = f"{_SCHEME}://"


def is_folder(address: str) -> bool:
    """Whether an address is a path on this machine."""
    return "://" not in address


def check_reachable(address: str) -> None:
    """Raises SettingError where the engine could not read or write files below an address."""
    if is_folder(address):
        return
    if not address.startswith(_BEGIN):
        raise SettingError(f"Tables are kept in a folder or below {_BEGIN}BUCKET/PREFIX.")
    if find_spec("fsspec") is None:
        raise SettingError("An object store needs one package more: pip install 'visitjoin[s3]'.")


def reach(engine: duckdb.DuckDBPyConnection, *addresses: str) -> None:
    """Let an engine read and write files of an object store, where one of the addresses is there.

    Raises SettingError where it could not.
    """
    for address in addresses:
        if not is_folder(address):
            check_reachable(address)
            engine.register_filesystem(_file_system())
            return


@cache
def _file_system() -> "AbstractFileSystem":
    # fsspec is there for who keeps tables in an object store: everybody else goes without.
    from fsspec import AbstractFileSystem  # noqa: PLC0415 - as said

    class ObjectStore(AbstractFileSystem):  # type: ignore[misc]  # publishes no types
        """What DuckDB asks of a file system. Addresses are whole: s3://bucket/key."""

        protocol = _SCHEME

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
    bucket, _, key = address.removeprefix(_BEGIN).partition("/")
    return store(f"{_BEGIN}{bucket}"), key


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
