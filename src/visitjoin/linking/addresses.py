"""Where are tables kept: in a folder of this machine, or in an object store?"""

from importlib.util import find_spec
from typing import Final

import duckdb

from visitjoin.contract.errors import SettingError

SCHEME: Final = "s3"
BEGIN: Final = f"{SCHEME}://"


def is_folder(address: str) -> bool:
    """Whether an address is a path on this machine."""
    return "://" not in address


def check_reachable(address: str) -> None:
    """Raises SettingError where the engine could not read or write files below an address."""
    if is_folder(address):
        return
    if not address.startswith(BEGIN):
        raise SettingError(f"Tables are kept in a folder or below {BEGIN}BUCKET/PREFIX.")
    if find_spec("fsspec") is None:
        raise SettingError("An object store needs one package more: pip install 'visitjoin[s3]'.")


def reach(engine: duckdb.DuckDBPyConnection, *addresses: str) -> None:
    """Let an engine read and write files of an object store, where one of the addresses is there.

    Raises SettingError where it could not.
    """
    for address in addresses:
        if not is_folder(address):
            check_reachable(address)
            # deltalake and PyArrow would be a fifth of what every command loads.
            from visitjoin.linking.object_store import file_system  # noqa: PLC0415 - as said

            engine.register_filesystem(file_system())
            return
