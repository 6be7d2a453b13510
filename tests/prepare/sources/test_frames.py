from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.prepare.conftest import Check
from visitjoin.contract.errors import SourceError
from visitjoin.contract.reasons import Reason

CLIENT = 1793200000123456789
MOMENT = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)
COLUMNS: dict[str, list[Any]] = {
    "ClientId": [CLIENT, 17],
    "Target": ["заказ", None],
    "DateTime": [MOMENT, MOMENT],
    "Price": [990.5, 0.1 + 0.2],
}


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame(COLUMNS),
        pl.LazyFrame(COLUMNS),
        pd.DataFrame(COLUMNS),
        pd.DataFrame(COLUMNS).convert_dtypes(),
        pd.DataFrame(COLUMNS, dtype=object),
        pa.table(COLUMNS),
        pa.table(COLUMNS).to_reader(),
    ],
    ids=["polars", "lazy", "pandas", "nullable", "objects", "arrow", "stream"],
)
def test_every_kind_of_frame_gives_the_same(check: Check, frame: Any) -> None:  # noqa: ANN401 - of any library
    result = check(frame)

    assert result.only["client_id"] == str(CLIENT)
    assert result.only["happened_at"] == int(MOMENT.timestamp())
    assert result.only["price"] == Decimal("990.5")
    assert [(row["row_no"], row["reason"], row["price"]) for row in result.rejects] == [
        (2, Reason.TARGET_EMPTY, Decimal("0.3"))
    ]


def test_an_answer_of_duckdb_is_a_frame_too(check: Check) -> None:
    relation = duckdb.connect().sql(
        "select 18446744073709551615::ubigint as clientid, 't' as target, 1794690000 as datetime"
    )

    assert check(relation).only["client_id"] == "18446744073709551615"


def pandas_frame(clients: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"ClientId": clients, "Target": "t", "DateTime": 1794690000})


def test_a_float_column_of_pandas_has_destroyed_its_identifiers(check: Check) -> None:
    # What pandas makes of integers as soon as one is missing.
    frame = pandas_frame(pd.Series([CLIENT, None]))

    assert check(frame).reasons == [Reason.IDENTIFIER_DAMAGED, Reason.NO_IDENTIFIER]


def test_a_column_of_python_integers_is_exact_whatever_stands_beside_them(check: Check) -> None:
    frame = pandas_frame(pd.Series([2**64 - 1, CLIENT, None, 17.0, "18", 2.5], dtype=object))

    result = check(frame)

    assert [row["client_id"] for row in result.conversions] == [
        "18446744073709551615",
        str(CLIENT),
        "17",
        "18",
    ]
    assert result.reasons == [Reason.NO_IDENTIFIER, Reason.IDENTIFIER_DAMAGED]


def test_a_float_of_32_bits_is_trusted_less_far(check: Check) -> None:
    frame = pl.DataFrame(
        {
            "ClientId": pl.Series([17.0, 20_000_001.0], dtype=pl.Float32),
            "Target": "t",
            "DateTime": 1794690000,
        }
    )

    result = check(frame)

    assert result.only["client_id"] == "17"
    assert result.reasons == [Reason.IDENTIFIER_DAMAGED]


def test_an_index_that_is_not_read_is_warned_of(check: Check) -> None:
    frame = pandas_frame(pd.Series([17])).set_index("DateTime", drop=False)

    (warning,) = check(frame).prepared.warnings

    assert "reset_index()" in warning


def test_a_name_that_stands_twice_is_no_matter_unless_it_is_needed(check: Check) -> None:
    frame = pandas_frame(pd.Series([17]))
    noted = pd.concat([frame, pd.DataFrame([["a", "b"]], columns=["note", "note"])], axis=1)

    assert check(noted).only["client_id"] == "17"
    assert (
        check(
            pa.Table.from_arrays(
                [[1], [2], [17], ["t"], [1794690000]],
                names=["x", "x", "ClientId", "Target", "DateTime"],
            )
        ).only["client_id"]
        == "17"
    )
    with pytest.raises(SourceError, match="Two columns for Target"):
        check(pd.concat([frame, frame[["Target"]]], axis=1))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pl.DataFrame(), "frame: The frame has no columns"),
        (pl.LazyFrame(), "frame: The frame has no columns"),
        (pd.DataFrame(), "frame: The frame has no columns"),
        (pa.table({}), "frame: The frame has no columns"),
        (pl.DataFrame(COLUMNS).clear(), "frame: There are no rows"),
        (pl.LazyFrame(COLUMNS).select("nothing"), "frame: The frame cannot be computed"),
        (pd.DataFrame({"x": [1 + 2j]}), 'frame: The column "x" cannot be read'),
        (pl.DataFrame({"x": [1]}), "frame, line 1: No column for"),
    ],
)
def test_a_frame_that_cannot_be_read_is_one_clear_error(
    check: Check,
    frame: Any,  # noqa: ANN401 - of any library
    message: str,
) -> None:
    with pytest.raises(SourceError, match=message):
        check(frame)
