import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, select, text, update

from visitjoin.contract.errors import SettingError
from visitjoin.receiver.catalog.opening import open_catalog
from visitjoin.receiver.catalog.tables import SCHEMA, SCHEMA_VERSION
from visitjoin.receiver.catalog.uploadings import uploading

VERSION_1 = Path(__file__).parent / "version_1.sql"


def _of_version_1(folder: Path) -> str:
    """The URL of a catalog that version 1 of the program left."""
    file = folder / "catalog.sqlite"
    with sqlite3.connect(file) as connection:
        connection.executescript(VERSION_1.read_text(encoding="utf-8"))
    connection.close()
    return f"sqlite:///{file}"


def _shape(catalog: Engine) -> dict[str, Any]:
    """The tables of a catalog with their columns, keys and indexes, whatever their types are."""
    found = inspect(catalog)
    return {
        table: (
            [(column["name"], column["nullable"]) for column in found.get_columns(table)],
            found.get_pk_constraint(table)["constrained_columns"],
            [key["constrained_columns"] for key in found.get_foreign_keys(table)],
            sorted((i["name"], i["column_names"], i["unique"]) for i in found.get_indexes(table)),
        )
        for table in found.get_table_names()
    }


def test_a_commit_to_sqlite_survives_a_power_cut(tmp_path: Path) -> None:
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")

    with catalog.connect() as connection:
        assert connection.scalar(text("pragma journal_mode")) == "wal"
        assert connection.scalar(text("pragma synchronous")) == 2  # full


def test_a_catalog_of_another_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    catalog = open_catalog(url)
    with catalog.begin() as connection:
        connection.execute(update(SCHEMA).values(version=99))

    with pytest.raises(SettingError, match="version 99"):
        open_catalog(url)


def test_a_catalog_of_version_1_is_migrated_and_keeps_what_it_holds(tmp_path: Path) -> None:
    catalog = open_catalog(_of_version_1(tmp_path))

    kept = uploading(catalog, 1, 1)
    assert kept is not None
    assert (kept.comment, kept.linked_quantity) == ("batch 7", 1)
    assert kept.create_time == datetime.fromtimestamp(1773999000, UTC)


def test_a_migrated_catalog_has_the_tables_of_a_new_one(tmp_path: Path) -> None:
    migrated = open_catalog(_of_version_1(tmp_path))
    new = open_catalog(f"sqlite:///{tmp_path / 'new.sqlite'}")

    assert _shape(migrated) == _shape(new)


def test_a_migration_that_fails_half_way_leaves_the_catalog_as_it_was(tmp_path: Path) -> None:
    url = _of_version_1(tmp_path)
    with sqlite3.connect(tmp_path / "catalog.sqlite") as connection:
        connection.execute("create table calls_tracking (in_the_way integer)")  # the last step
    connection.close()

    with pytest.raises(Exception, match="calls_tracking already exists"):
        open_catalog(url)

    with sqlite3.connect(tmp_path / "catalog.sqlite") as connection:
        assert connection.execute("select version from schema_version").fetchall() == [(1,)]
        columns = connection.execute("select name from pragma_table_info('uploadings')").fetchall()
        assert ("idempotency_key",) not in columns
        connection.execute("drop table calls_tracking")
    connection.close()
    catalog = open_catalog(url)

    with catalog.connect() as again:
        assert again.scalar(select(SCHEMA.c.version)) == SCHEMA_VERSION
