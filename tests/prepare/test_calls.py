"""A table of calls: what is taken, what is rejected and why."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from visitjoin.contract.calls import CallColumn
from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SourceError
from visitjoin.contract.reasons import Reason
from visitjoin.contract.tables import CALL, CONVERSION, REJECT
from visitjoin.prepare import Mapping
from visitjoin.prepare.calls import PreparedCalls, prepare_calls
from visitjoin.prepare.mapping import Condition, TargetByValue

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CALLED = 1794690000


def _prepare(
    folder: Path, table: str, mapping: Mapping | None = None
) -> tuple[PreparedCalls, pl.DataFrame, pl.DataFrame]:
    """What became of a table, the conversions and the rejected rows."""
    source, calls, rejects = (folder / name for name in ("calls.csv", "c.parquet", "r.parquet"))
    source.write_text(table, encoding="utf-8", newline="")
    zone = ZoneInfo("Europe/Moscow")
    prepared = prepare_calls(
        source, conversions=calls, rejects=rejects, now=NOW, zone=zone, mapping=mapping
    )
    return prepared, pl.read_parquet(calls), pl.read_parquet(rejects)


def test_a_call_is_a_conversion_of_the_call_goal_with_columns_of_its_own(tmp_path: Path) -> None:
    prepared, calls, _ = _prepare(
        tmp_path,
        "userid,ClientID,DateTime,STATICCALL,Price,Currency,PhoneNumber,TalkDuration,HoldDuration,"
        "CallMissed,Tag,FirstTimeCaller,URL,CallTrackerURL\n"
        f"u1,17,{CALLED},0,5.50,rub, +70123456789 ,95,7,0,vip,1,https://a.example/?x=1,\n",
    )

    assert calls.columns == list(dict.fromkeys([*CONVERSION, *CALL]))
    assert calls.to_dicts() == [
        {
            "row_no": 1,
            "client_id": "17",
            "user_id": "u1",
            "yclid": None,
            "purchase_id": None,
            "target": "offline_call",
            "happened_at": CALLED,
            "price": Decimal("5.50"),
            "currency": "RUB",
            "static_call": False,
            "phone_number": "+70123456789",
            "talk_duration": 95,
            "hold_duration": 7,
            "call_missed": False,
            "tag": "vip",
            "first_time_caller": True,
            "url": "https://a.example/?x=1",
            "call_tracker_url": None,
        }
    ]
    assert (prepared.accepted, prepared.static) == (1, 0)
    assert prepared.call_columns == tuple(CallColumn)


def test_of_the_calls_own_columns_none_is_required(tmp_path: Path) -> None:
    prepared, calls, _ = _prepare(tmp_path, f"Yclid;DateTime\n17;{CALLED}\n")

    assert prepared.call_columns == ()
    assert calls["static_call"].to_list() == [False]


def test_static_and_dynamic_calls_add_up_to_the_accepted_ones(tmp_path: Path) -> None:
    rows = [f"17,{CALLED + n},{flag}" for n, flag in enumerate(["1", "0", "", "1", "2"])]
    prepared, _, _ = _prepare(tmp_path, "\n".join(["ClientId,DateTime,StaticCall", *rows]))

    assert (prepared.rows, prepared.accepted, prepared.static) == (5, 4, 2)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("PhoneNumber", "+7 012 345-67-89", Reason.PHONE_NUMBER_MALFORMED),
        ("PhoneNumber", "112", Reason.PHONE_NUMBER_MALFORMED),
        ("PhoneNumber", "+7012345678901234", Reason.PHONE_NUMBER_MALFORMED),
        ("TalkDuration", "1:35", Reason.DURATION_NOT_SECONDS),
        ("TalkDuration", "95.0", Reason.DURATION_NOT_SECONDS),
        ("HoldDuration", "-1", Reason.DURATION_NOT_SECONDS),
        ("StaticCall", "yes", Reason.FLAG_NOT_0_OR_1),
        ("CallMissed", "2", Reason.FLAG_NOT_0_OR_1),
        ("FirstTimeCaller", "true", Reason.FLAG_NOT_0_OR_1),
    ],
)
def test_a_call_that_breaks_a_rule_of_its_own_is_rejected_by_name(
    tmp_path: Path, column: str, value: str, reason: Reason
) -> None:
    prepared, calls, rejects = _prepare(
        tmp_path, f"ClientId,DateTime,Price,Currency,{column}\n17,{CALLED},5,RUB,{value}\n"
    )

    assert calls.is_empty()
    assert prepared.rejected_by_reason == {reason: 1}
    (row,) = rejects.to_dicts()
    assert (row["line"], row["column"], row["value"]) == (2, column, value)
    assert (row["price"], row["currency"]) == (Decimal(5), "RUB")


def test_rejected_rows_of_both_kinds_stand_in_the_order_of_the_table(tmp_path: Path) -> None:
    prepared, calls, rejects = _prepare(
        tmp_path,
        "ClientId,DateTime,Tag,TalkDuration\n"
        f"17,{CALLED},,x\n"
        f",{CALLED},,1\n"
        f'18,{CALLED},"two\nlines",2\n'
        f"19,{CALLED},,y\n"
        f"1.7E+18,{CALLED},,z\n"
        f"20,{CALLED},,1,too many\n",
    )

    assert rejects.columns == list(REJECT)
    assert rejects.select("row_no", "line", "reason").rows() == [
        (1, 2, "duration_not_seconds"),
        (2, 3, "no_identifier"),
        (4, 6, "duration_not_seconds"),
        (5, 7, "identifier_damaged"),
        (6, 8, "too_many_fields"),
    ]
    assert (prepared.rows, prepared.accepted, prepared.rejected) == (6, 1, 5)
    assert calls["tag"].to_list() == ["two\nlines"]


def test_rejects_as_csv_say_what_to_do(tmp_path: Path) -> None:
    source, rejects = tmp_path / "calls.csv", tmp_path / "rejects.csv"
    source.write_text(f"ClientId,DateTime,CallMissed\n17,{CALLED},no\n")

    prepare_calls(source, conversions=tmp_path / "c.parquet", rejects=rejects, now=NOW)

    assert rejects.read_text().splitlines()[1] == (
        f"2,CallMissed,no,flag_not_0_or_1,{Reason.FLAG_NOT_0_OR_1.sentence}"
    )


def test_a_mapping_names_the_other_columns(tmp_path: Path) -> None:
    mapping = Mapping(columns={Column.CLIENT_ID: "Visitor"})

    _, calls, _ = _prepare(tmp_path, f"Visitor,DateTime,Tag\n17,{CALLED},vip\n", mapping=mapping)

    assert calls.select("client_id", "tag").rows() == [("17", "vip")]


def test_a_key_goes_with_the_calls_and_a_filter_leaves_calls_out(tmp_path: Path) -> None:
    mapping = Mapping(
        key="Call no",
        filter=(Condition(column="Tag", not_among=("test",)),),
        targets=TargetByValue(column="Tag", goals={}),  # of conversions: a call has no Target
    )

    prepared, calls, rejects = _prepare(
        tmp_path,
        f"ClientId,DateTime,Tag,Call no\n17,{CALLED},vip,A-1\n17,{CALLED},test,A-2\n",
        mapping=mapping,
    )

    assert calls.select("target", "key", "tag").rows() == [("offline_call", "A-1", "vip")]
    assert (prepared.rows, prepared.accepted, prepared.left_out) == (2, 1, 1)
    assert rejects["reason"].to_list() == ["left_out"]


@pytest.mark.parametrize(
    ("header", "said"), [("ClientId,Tag", "DateTime"), ("ClientId,DateTime,Tag,tag", "Two columns")]
)
def test_a_table_without_what_it_needs_is_refused(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        _prepare(tmp_path, f"{header}\n{','.join(str(CALLED) for _ in header.split(','))}\n")


def test_no_own_column_of_calls_is_one_of_the_basic_ones() -> None:
    assert {column.field for column in CallColumn} | {"row_no"} == set(CALL)
    assert set(CONVERSION) & set(CALL) == {"row_no"}


def test_several_files_are_one_table_each_with_its_own_columns(tmp_path: Path) -> None:
    (tmp_path / "july.csv").write_text(
        f"ClientId,DateTime,Tag\n17,{CALLED},a\n\n18,{CALLED},\n", encoding="utf-8"
    )
    (tmp_path / "june.csv").write_text(
        f"StaticCall,DateTime,ClientId\n1,{CALLED},19\nmaybe,{CALLED},20\n,{CALLED},\n"
    )
    calls, rejects = tmp_path / "c.parquet", tmp_path / "r.csv"

    prepared = prepare_calls(str(tmp_path / "ju*.csv"), conversions=calls, rejects=rejects, now=NOW)

    assert (prepared.rows, prepared.accepted, prepared.static) == (5, 3, 1)
    assert prepared.call_columns == (CallColumn.STATIC_CALL, CallColumn.TAG)
    read = pl.read_parquet(calls).select("row_no", "client_id", "tag", "static_call").rows()
    assert read == [(1, "17", "a", False), (3, "18", None, False), (4, "19", None, True)]
    listed = pl.read_csv(rejects, infer_schema=False).select("file", "line", "column").rows()
    june = str(tmp_path / "june.csv")
    assert listed == [(june, "3", "StaticCall"), (june, "4", None)]


def test_a_row_with_too_many_fields_hides_no_other_call(tmp_path: Path) -> None:
    """The fast reader refuses such a table, and it is read in another way."""
    prepared, calls, rejects = _prepare(
        tmp_path, f"ClientId,DateTime,Tag\n17,{CALLED},a\n18,{CALLED},b,c\n19,{CALLED},d\n"
    )

    assert (prepared.accepted, prepared.rejected) == (2, 1)
    assert calls["tag"].to_list() == ["a", "d"]
    assert rejects["reason"].to_list() == ["too_many_fields"]
