from pathlib import Path

import pytest
from sqlalchemy import text

from visitjoin.contract.errors import SettingError
from visitjoin.receiver.catalog.opening import open_catalog


def test_a_commit_to_sqlite_survives_a_power_cut(tmp_path: Path) -> None:
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")

    with catalog.connect() as connection:
        assert connection.scalar(text("pragma journal_mode")) == "wal"
        assert connection.scalar(text("pragma synchronous")) == 2  # full


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://shop:hunter2@127.0.0.1/catalog", "SQLite or PostgreSQL, not in mysql"),
        ("catalog.sqlite", "no address of a database"),
        ("sqlite:////nowhere/catalog.sqlite", "cannot be opened: .*unable to open database file"),
        ("postgresql://shop:hunter2@127.0.0.1:1/catalog", "cannot be opened: .*127.0.0.1"),
    ],
)
def test_a_catalog_that_cannot_be_opened_is_said_so_without_its_password(
    url: str, message: str
) -> None:
    with pytest.raises(SettingError, match=message) as caught:
        open_catalog(url)

    assert "hunter2" not in str(caught.value)
