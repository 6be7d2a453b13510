from pathlib import Path

import pytest
from sqlalchemy import text, update

from visitjoin.contract.errors import SettingError
from visitjoin.receiver.catalog.opening import open_catalog
from visitjoin.receiver.catalog.tables import SCHEMA


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
