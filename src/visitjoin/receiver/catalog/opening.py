"""How is the catalog opened?"""

from typing import Any, Final, TypeAlias

from sqlalchemy import Engine, create_engine, event, insert, select

from visitjoin.contract.errors import SettingError
from visitjoin.receiver.catalog.tables import METADATA, SCHEMA, SCHEMA_VERSION

Catalog: TypeAlias = Engine
"""An open catalog."""

_SQLITE: Final = (
    "pragma journal_mode = wal",  # who reads does not wait for who writes
    "pragma synchronous = full",  # a committed uploading survives a power cut
    "pragma busy_timeout = 30000",  # milliseconds
    "pragma foreign_keys = on",
)


def open_catalog(url: str) -> Catalog:
    """Open the catalog, and make its tables where there are none.

    url: an SQLAlchemy URL, e.g. sqlite:///data/catalog.sqlite.

    Raises SettingError when the tables are of another version of this program.
    """
    catalog = create_engine(url, pool_pre_ping=True)
    if catalog.dialect.name == "sqlite":
        event.listen(catalog, "connect", _set_up_sqlite)
    METADATA.create_all(catalog)
    _check_version(catalog)
    return catalog


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    cursor = connection.cursor()
    for statement in _SQLITE:
        cursor.execute(statement)
    cursor.close()


def _check_version(catalog: Catalog) -> None:
    with catalog.begin() as connection:
        version = connection.scalar(select(SCHEMA.c.version))
        if version is None:
            connection.execute(insert(SCHEMA).values(version=SCHEMA_VERSION))
        elif version != SCHEMA_VERSION:
            raise SettingError(
                f"The catalog has the tables of version {version}; this program knows version "
                f"{SCHEMA_VERSION}. Run the program that wrote it, or migrate the catalog."
            )
