from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.prepare.conftest import Check
from visitjoin.contract.errors import SourceError
from visitjoin.contract.reasons import Reason


def test_a_parquet_table_keeps_its_types_meaning(check: Check, tmp_path: Path) -> None:
    moment = datetime(2026, 11, 15, tzinfo=UTC)
    frame = pl.DataFrame(
        {
            "ClientId": pl.Series([1793200000123456789, 5], dtype=pl.UInt64),
            "Target": ["order_paid", "order_paid"],
            "DateTime": [moment, moment],
            "Price": [0.1 + 0.2, 1_500_000.0],
        }
    )
    frame.write_parquet(tmp_path / "deals.parquet")

    result = check(tmp_path / "deals.parquet")

    assert [row["client_id"] for row in result.conversions] == ["1793200000123456789", "5"]
    assert [row["price"] for row in result.conversions] == [Decimal("0.3"), Decimal(1_500_000)]
    assert {row["happened_at"] for row in result.conversions} == {int(moment.timestamp())}


def test_a_float_column_of_a_parquet_table_has_ruined_its_identifiers(
    check: Check, tmp_path: Path
) -> None:
    frame = pl.DataFrame(
        {"ClientId": [1.793200000123457e18], "Target": "t", "DateTime": 1794690000}
    )
    frame.write_parquet(tmp_path / "deals.parquet")

    assert check(tmp_path / "deals.parquet").reasons == [Reason.IDENTIFIER_DAMAGED]


def test_columns_that_are_not_needed_may_be_of_any_type(check: Check, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "Photo": [b"\xff\xd8"],
            "Address": [{"city": "Тверь"}],
            "ClientId": [17],
            "Target": "t",
            "DateTime": 1794690000,
        }
    )
    frame.write_parquet(tmp_path / "deals.parquet")

    assert check(tmp_path / "deals.parquet").only["client_id"] == "17"


def test_what_is_no_parquet_is_an_error(check: Check) -> None:
    with pytest.raises(SourceError, match=r"deals\.parquet: Not a Parquet file"):
        check("ClientId\n", name="deals.parquet")
