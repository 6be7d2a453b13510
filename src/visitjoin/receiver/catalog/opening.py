"""How is the catalog opened?"""

import sqlite3
from typing import Any, Final, TypeAlias

import stamina
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from visitjoin.contract.errors import SettingError
from visitjoin.receiver.catalog.migrating import migrate

Catalog: TypeAlias = Engine
"""An open catalog."""

DATABASES: Final = ("sqlite", "postgresql")
"""Those that the catalog is tested with."""

_SQLITE: Final = (
    "pragma busy_timeout = 30000",  # milliseconds
    "pragma journal_mode = wal",  # who reads does not wait for who writes
    "pragma synchronous = full",  # a committed uploading survives a power cut
    "pragma foreign_keys = on",
)


def open_catalog(url: str) -> Catalog:
    """Open the catalog, make its tables where there are none, and migrate older ones.

    url: an SQLAlchemy URL of SQLite or PostgreSQL, e.g. sqlite:///data/catalog.sqlite.

    Raises SettingError when it cannot be opened, or its tables are of a newer version of this
    program.
    """
    catalog = _engine(_checked(url))
    try:
        migrate(catalog)
    except Exception as error:
        catalog.dispose()
        if isinstance(error, OperationalError):
            raise SettingError(
                f"The catalog {catalog.url.render_as_string()} cannot be opened: {error.orig}"
            ) from error
        raise
    return catalog


def _checked(url: str) -> URL:
    try:
        made = make_url(url)
    except ArgumentError as error:
        raise SettingError(
            "The catalog's URL is no address of a database. Write sqlite:///FILE or "
            "postgresql://USER:PASSWORD@HOST/DATABASE."
        ) from error
    if made.get_backend_name() not in DATABASES:
        raise SettingError(
            f"The catalog is kept in SQLite or PostgreSQL, not in {made.get_backend_name()}."
        )
    return made


def _engine(url: URL) -> Engine:
    try:
        # A file does not hang up, as a server does that was restarted.
        catalog = create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite")
    except ModuleNotFoundError as error:
        raise SettingError(
            "A catalog in PostgreSQL needs its driver: pip install 'visitjoin[postgresql]'."
        ) from error
    if url.get_backend_name() == "sqlite":
        event.listen(catalog, "connect", _set_up_sqlite)
    return catalog


def _is_locked(error: Exception) -> bool:
    return isinstance(error, sqlite3.Error) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


# To change the journal of a new file takes it alone, and does not wait for who else has it.
@stamina.retry(on=_is_locked, attempts=None, timeout=30, wait_initial=0.01, wait_max=0.5)
def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    cursor = connection.cursor()
    for statement in _SQLITE:
        cursor.execute(statement)
    cursor.close()
