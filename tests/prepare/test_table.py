"""The files that `prepare` writes, and the counts that go with them."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from visitjoin.contract.errors import SourceError
from visitjoin.contract.reasons import Reason
from visitjoin.contract.tables import CONVERSION, REJECT
from visitjoin.prepare import money_by_currency, prepare

from .conftest import NOW, Check

TABLE = (
    "ClientId;UserId;Target;DateTime;Price;Currency\n"
    "17;;order_paid;1794690000;990,50;rub\n"
    ";crm-204;order_paid;1794690001;5;USD\n"
    ";;order_paid;1794690002;7;RUB\n"
    "18;;;1794690003;x;RUB\n"
)


def test_the_csv_is_that_of_the_api(tmp_path: Path) -> None:
    source = tmp_path / "deals.csv"
    source.write_text(TABLE, encoding="utf-8")

    prepare(source, conversions=tmp_path / "out.csv", rejects=tmp_path / "rejects.csv", now=NOW)

    assert (tmp_path / "out.csv").read_text() == (
        "ClientId,UserId,Target,DateTime,Price,Currency\n"
        "17,,order_paid,1794690000,990.50,RUB\n"
        ",crm-204,order_paid,1794690001,5,USD\n"
    )
    assert (tmp_path / "rejects.csv").read_text().splitlines() == [
        "line,column,value,reason,message",
        f'4,,,no_identifier,"{Reason.NO_IDENTIFIER.sentence}"',
        f"5,Target,,target_empty,{Reason.TARGET_EMPTY.sentence}",
    ]


def test_what_the_sender_writes_the_receiver_takes_without_a_rejection(
    tmp_path: Path, check: Check
) -> None:
    source = tmp_path / "source.csv"
    source.write_text(TABLE, encoding="utf-8")
    prepare(source, conversions=tmp_path / "out.csv", rejects=None, now=NOW)

    again = check(tmp_path / "out.csv")

    assert again.rejects == []
    assert again.prepared.accepted == 2


def test_rows_are_the_sum_of_accepted_and_rejected(check: Check) -> None:
    prepared = check(TABLE).prepared

    assert (prepared.rows, prepared.accepted, prepared.rejected) == (4, 2, 2)
    assert prepared.rejected_by_reason == {Reason.NO_IDENTIFIER: 1, Reason.TARGET_EMPTY: 1}


def test_the_tables_have_the_columns_that_the_contract_names(tmp_path: Path) -> None:
    source = tmp_path / "deals.csv"
    source.write_text(TABLE, encoding="utf-8")
    conversions, rejects = tmp_path / "c.parquet", tmp_path / "r.parquet"

    prepare(source, conversions=conversions, rejects=rejects, now=NOW)

    assert list(pl.read_parquet_schema(conversions)) == list(CONVERSION)
    assert list(pl.read_parquet_schema(rejects)) == list(REJECT)


def test_a_table_of_rejects_only_gives_an_empty_table_of_conversions(check: Check) -> None:
    result = check("ClientId,Target,DateTime\n,t,1794690000\n")

    assert result.conversions == []
    assert result.prepared.rejected == 1


def test_the_order_of_a_long_table_is_kept_in_both_files(check: Check) -> None:
    rows = 60_000
    table = "ClientId,Target,DateTime\n" + "".join(
        f"{'' if n % 7 == 0 else n},t,1794690000\n" for n in range(1, rows + 1)
    )

    result = check(table)

    kept = [row["row_no"] for row in result.conversions]
    dropped = [row["row_no"] for row in result.rejects]
    assert kept == sorted(kept)
    assert dropped == list(range(7, rows + 1, 7))
    assert sorted(kept + dropped) == list(range(1, rows + 1))


def test_money_is_added_up_exactly_by_currency(tmp_path: Path) -> None:
    source = tmp_path / "deals.csv"
    rows = "".join(f"{n};t;1794690000;0,1;{'RUB' if n % 2 else ''}\n" for n in range(1, 31))
    source.write_text("ClientId;Target;DateTime;Price;Currency\n" + rows, encoding="utf-8")
    conversions = tmp_path / "c.parquet"
    prepare(source, conversions=conversions, rejects=None, now=NOW)

    assert money_by_currency(conversions) == {"": Decimal("1.5"), "RUB": Decimal("1.5")}


@pytest.mark.parametrize("name", ['"ab"a"""', '"";"', '""a;"'])
def test_a_header_whose_quotes_can_be_read_in_two_ways_is_refused(
    tmp_path: Path, name: str
) -> None:
    table = tmp_path / "deals.csv"
    table.write_text(f"ClientId,Target,DateTime,{name},\n1700000000123456789,paid,1773999000,,\n")

    with pytest.raises(SourceError, match="line 1: The header cannot be read for certain"):
        prepare(table, conversions=tmp_path / "out.csv", rejects=None, now=NOW)
