"""A catalog in each database that we promise to work with: the same tests for both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from visitjoin.receiver.catalog.opening import Catalog, open_catalog


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    address: str = request.getfixturevalue("postgresql").new_database("catalog")
    return address


@pytest.fixture
def catalog(url: str) -> Iterator[Catalog]:
    catalog = open_catalog(url)
    yield catalog
    catalog.dispose()
