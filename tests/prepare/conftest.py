from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from visitjoin.prepare import Prepared, Source, prepare

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Result:
    """What `prepare` made of a table: its own answer and the two files, read back."""

    prepared: Prepared
    conversions: list[dict[str, Any]]
    rejects: list[dict[str, Any]]

    @property
    def only(self) -> dict[str, Any]:
        """The one conversion of a table of one row."""
        assert len(self.conversions) == 1, self.rejects
        return self.conversions[0]

    @property
    def reasons(self) -> list[str]:
        return [row["reason"] for row in self.rejects]


Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Prepare a source, or a table that is written first, and read the two files back."""

    def run(table: Source | bytes, *, name: str = "deals.csv", **options: Any) -> Result:  # noqa: ANN401 - those of prepare
        source = tmp_path / name if isinstance(table, str | bytes) else table
        if isinstance(table, str):
            (tmp_path / name).write_text(table, encoding="utf-8", newline="")
        elif isinstance(table, bytes):
            (tmp_path / name).write_bytes(table)
        options = {"now": NOW, "zone": ZoneInfo("Europe/Moscow"), **options}
        conversions, rejects = tmp_path / "conversions.parquet", tmp_path / "rejects.parquet"
        prepared = prepare(source, conversions=conversions, rejects=rejects, **options)
        return Result(
            prepared, pl.read_parquet(conversions).to_dicts(), pl.read_parquet(rejects).to_dicts()
        )

    return run
