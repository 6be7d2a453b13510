from collections.abc import Iterator
from pathlib import Path

import pytest

from .kept import Kept, a_ledger


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with a_ledger(tmp_path / "ledger.duckdb") as ledger:
        yield ledger
