"""How is the catalog opened?"""

from typing import Any, Final, TypeAlias

from sqlalchemy import Engine, create_engine, event, insert, inspect, select

from visitjoin.contract.errors import SettingError
from visitjoin.receiver.catalog.migrating import migrate
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
    """Open the catalog, make its tables where there are none, and migrate older ones.

    url: an SQLAlchemy URL, e.g. sqlite:///data/catalog.sqlite.

    Raises SettingError when the tables are of a newer version of this program.
    """
    catalog = create_engine(url, pool_pre_ping=True)
    if catalog.dialect.name == "sqlite":
        event.listen(catalog, "connect", _set_up_sqlite)
    version = _version(catalog)
    if version is None:
        _make_tables(catalog)
    elif version > SCHEMA_VERSION:
        raise SettingError(
            f"The catalog has the tables of version {version}; this program knows version "
            f"{SCHEMA_VERSION}. Run the program that wrote it, or a newer one."
        )
    else:
        migrate(catalog, version=version)
    return catalog


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    cursor = connection.cursor()
    for statement in _SQLITE:
        cursor.execute(statement)
    cursor.close()


def _version(catalog: Catalog) -> int | None:
    """Of its tables; None where there are none, or not all."""
    if not inspect(catalog).has_table(SCHEMA.name):
        return None
    with catalog.connect() as connection:
        version: int | None = connection.scalar(select(SCHEMA.c.version))
    return version


def _make_tables(catalog: Catalog) -> None:
    METADATA.create_all(catalog)
    # Last: without it the tables are taken for half made, and are made once more.
    with catalog.begin() as connection:
        connection.execute(insert(SCHEMA).values(version=SCHEMA_VERSION))
