from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SourceError
from visitjoin.contract.reasons import Reason
from visitjoin.contract.tables import CONVERSION
from visitjoin.prepare import Mapping, prepare
from visitjoin.prepare.mapping import Condition, TargetByValue

from .conftest import NOW, Check

STAGED = (
    "ClientId;Stage;DateTime;Price\n"
    "17;won;1794690000;5\n"
    "18;new;1794690000;6\n"
    "19;;1794690000;7\n"
    "20; won ;1794690000;8\n"
)
BY_STAGE = TargetByValue(column="Stage", goals={"won": "deal_won", "new": ""})


def test_other_names_that_are_obvious_are_understood(check: Check) -> None:
    result = check("Deal;Client ID;Goal;Paid at;Amount\nD-1;17;order_paid;1794690000;5\n")

    assert result.prepared.columns == {
        Column.CLIENT_ID: "Client ID",
        Column.TARGET: "Goal",
        Column.DATE_TIME: "Paid at",
        Column.PRICE: "Amount",
    }


def test_russian_names_are_understood(check: Check) -> None:
    result = check("Номер заказа;Цель;Дата оплаты;Сумма;Валюта\nA-1;order_paid;1794690000;5;RUB\n")

    assert result.only["purchase_id"] == "A-1"


def test_a_name_of_the_api_goes_before_an_obvious_one(check: Check) -> None:
    result = check("Event,Target,ClientId,DateTime\nwrong,order_paid,17,1794690000\n")

    assert result.only["target"] == "order_paid"


def test_two_columns_that_could_be_the_same_are_not_chosen_between(check: Check) -> None:
    with pytest.raises(SourceError, match='Two columns for Price: "Amount" and "Sum"'):
        check("ClientId,Target,DateTime,Amount,Sum\n17,order_paid,1794690000,5,6\n")


def test_a_named_column_settles_it(check: Check) -> None:
    result = check(
        "ClientId,Target,DateTime,Amount,Sum\n17,order_paid,1794690000,5,6\n",
        mapping=Mapping(columns={Column.PRICE: "Sum"}),
    )

    assert result.only["price"] == 6


def test_a_named_column_that_is_not_there_is_an_error_that_lists_what_is(check: Check) -> None:
    with pytest.raises(
        SourceError, match=r'no column "Total".*The table has: ClientId, Target, Date'
    ):
        check(
            "ClientId,Target,DateTime\n17,order_paid,1794690000\n",
            mapping=Mapping(columns={Column.PRICE: "Total"}),
        )


def test_a_constant_stands_in_for_a_column(check: Check) -> None:
    result = check(
        "ClientId,DateTime,Price\n17,1794690000,5\n",
        mapping=Mapping(constants={Column.TARGET: "order_paid", Column.CURRENCY: "USD"}),
    )

    assert (result.only["target"], result.only["currency"]) == ("order_paid", "USD")


def test_without_aliases_the_names_of_the_api_alone_count(check: Check) -> None:
    with pytest.raises(SourceError, match="No column for Target"):
        check("ClientId,Goal,DateTime\n17,order_paid,1794690000\n", mapping=Mapping(aliases=False))


def test_a_missing_column_is_named_with_the_way_to_name_it(check: Check) -> None:
    with pytest.raises(SourceError, match=r"line 1: No column for DateTime.*--column \"DateTime="):
        check("ClientId,Target\n17,order_paid\n")


def test_a_table_without_a_header_is_an_error_that_shows_no_identifier(check: Check) -> None:
    with pytest.raises(SourceError, match="first line must hold the column names") as error:
        check("1793200000123456789,order_paid,1794690000\n")

    assert "1793200000123456789" not in str(error.value)


def test_of_several_columns_the_first_filled_one_counts(check: Check) -> None:
    result = check(
        "ClientId;Target;DateTime;Paid;Amount\n17;t;1794690000;;5\n17;t;1794690000;4;5\n"
        "17;t;1794690000;  ;5\n",
        mapping=Mapping(columns={Column.PRICE: ("Paid", "Amount")}),
    )

    assert [row["price"] for row in result.conversions] == [5, 4, 5]
    assert result.prepared.columns[Column.PRICE] == "Paid, Amount"


def test_of_columns_with_one_name_the_first_filled_one_counts(check: Check) -> None:
    result = check(
        "uid;Target;DateTime;uid\n;t;1794690000;17\n18;t;1794690000;19\n",
        mapping=Mapping(columns={Column.CLIENT_ID: "uid"}),
    )

    assert [row["client_id"] for row in result.conversions] == ["17", "18"]


def test_the_stage_of_a_deal_gives_the_target_and_other_stages_are_left_out(check: Check) -> None:
    result = check(STAGED, mapping=Mapping(targets=BY_STAGE))

    assert [(row["target"], row["price"]) for row in result.conversions] == [
        ("deal_won", 5),
        ("deal_won", 8),
    ]
    assert [(r["line"], r["reason"], r["column"], r["value"]) for r in result.rejects] == [
        (3, "left_out", "Stage", "new"),
        (4, "left_out", "Stage", None),
    ]


def test_a_row_left_out_is_no_rejection_and_keeps_its_money(check: Check) -> None:
    result = check(STAGED, mapping=Mapping(targets=BY_STAGE))

    prepared = result.prepared
    assert (prepared.rows, prepared.accepted, prepared.rejected, prepared.left_out) == (4, 2, 0, 2)
    assert prepared.rejected_by_reason == {}
    assert [row["price"] for row in result.rejects] == [6, 7]


def test_a_row_left_out_is_blamed_for_nothing_else(check: Check) -> None:
    result = check(
        "ClientId;Stage;DateTime;Price\nnobody;new;soon;12 990,50\n",
        mapping=Mapping(targets=BY_STAGE),
    )

    assert result.reasons == ["left_out"]
    assert float(result.rejects[0]["price"]) == 12990.5


@pytest.mark.parametrize(
    "mapping",
    [
        Mapping(targets=BY_STAGE),
        Mapping(
            constants={Column.TARGET: "t", Column.CURRENCY: "RUB"},
            filter=(Condition(column="Stage", equals="won"),),
        ),
    ],
)
def test_a_blank_row_is_not_left_out_but_no_row(check: Check, mapping: Mapping) -> None:
    result = check(STAGED + ";;;\n ; ;\u00a0; \n;new;;\n", mapping=mapping)

    assert (result.prepared.rows, result.prepared.left_out) == (5, 3)


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        (Condition(column="Funnel", equals="shop"), ["1", "2"]),
        (Condition(column="Funnel", among=("shop", "b2b")), ["1", "2", "3"]),
        (Condition(column="Funnel", not_among=("b2b",)), ["1", "2", "4"]),
        (Condition(column="Funnel", present=True), ["1", "2", "3"]),
        (Condition(column="Funnel", present=False), ["4"]),
        (Condition(column="Tunnel", equals="x", optional=True), ["1", "2", "3", "4"]),
    ],
)
def test_rows_for_which_a_condition_does_not_hold_are_left_out(
    check: Check, condition: Condition, kept: list[str]
) -> None:
    table = "ClientId;Target;DateTime;Funnel\n" + "".join(
        f"{number};t;1794690000;{funnel}\n"
        for number, funnel in enumerate(("shop", " shop ", "b2b", " "), start=1)
    )

    result = check(table, mapping=Mapping(filter=(condition,)))

    assert [row["client_id"] for row in result.conversions] == kept
    assert result.prepared.left_out == 4 - len(kept)


def test_a_key_is_one_more_column_and_must_be_filled(check: Check) -> None:
    result = check(
        "Deal;ClientId;Target;DateTime\n D-1 ;17;t;1794690000\n ;18;t;1794690000\n",
        mapping=Mapping(key="Deal"),
    )

    assert list(result.only) == [*CONVERSION, "key"]
    assert result.only["key"] == "D-1"
    assert [(row["reason"], row["column"]) for row in result.rejects] == [("key_empty", None)]


def test_the_csv_of_the_api_has_no_key_and_a_count_of_what_was_left_out(tmp_path: Path) -> None:
    source, out, rejects = (tmp_path / name for name in ("deals.csv", "out.csv", "rejects.csv"))
    source.write_text(STAGED + "21;won;soon;9\n", encoding="utf-8")

    mapping = Mapping(targets=BY_STAGE, key="ClientId")
    prepare(source, conversions=out, rejects=rejects, now=NOW, mapping=mapping)

    assert out.read_text().splitlines()[0] == "ClientId,Target,DateTime,Price"
    assert [line.split(",")[:4] for line in rejects.read_text().splitlines()] == [
        ["line", "column", "value", "reason"],
        ["6", "DateTime", "soon", "date_time_not_a_time"],
        ["", "", "2 rows", "left_out"],
    ]


@pytest.mark.parametrize(
    ("written", "price"),
    [("129950", "1299.5"), ("5", "0.05"), ("0", "0"), ("1 299 50", None), ("12990.00", "129.9")],
)
def test_prices_in_kopecks_are_divided_by_a_hundred(
    check: Check, written: str, price: str | None
) -> None:
    result = check(
        f"ClientId;Target;DateTime;Price\n17;t;1794690000;{written}\n",
        mapping=Mapping(minor_units=True),
    )

    assert [row["price"] for row in result.conversions] == ([Decimal(price)] if price else [])


def test_kopecks_with_a_fraction_are_rejected_for_they_are_probably_roubles(check: Check) -> None:
    result = check(
        "ClientId;Target;DateTime;Price\n17;t;1794690000;1299,50\n",
        mapping=Mapping(minor_units=True),
    )

    assert result.reasons == [Reason.PRICE_NOT_IN_MINOR_UNITS]


def test_kopecks_are_written_as_roubles_in_the_csv(tmp_path: Path) -> None:
    source = tmp_path / "deals.csv"
    source.write_text("ClientId,Target,DateTime,Price\n17,t,1794690000,129950\n", encoding="utf-8")

    prepare(
        source,
        conversions=tmp_path / "out.csv",
        rejects=None,
        now=NOW,
        mapping=Mapping(minor_units=True),
    )

    assert (tmp_path / "out.csv").read_text().splitlines()[1] == "17,t,1794690000,1299.50"


def test_a_date_alone_is_read_at_the_time_of_day_that_is_named(check: Check) -> None:
    table = (
        "ClientId;Target;DateTime\n17;t;03.11.2026\n17;t;2026-11-03\n17;t;03.11.2026 23:59\n"
        "17;t;soon\n"
    )

    result = check(table, mapping=Mapping(dates_at="23:59"))

    moments = {row["happened_at"] for row in result.conversions}
    assert (len(result.conversions), len(moments)) == (3, 1)
    assert result.reasons == [Reason.DATE_TIME_NOT_A_TIME]


def test_the_zone_of_the_mapping_goes_before_that_of_the_call(check: Check) -> None:
    table = "ClientId;Target;DateTime\n17;t;2026-11-03 14:05\n"

    there = check(table, mapping=Mapping(zone=ZoneInfo("Asia/Almaty"))).only["happened_at"]
    here = check(table).only["happened_at"]

    assert here - there == 2 * 3600


def test_currencies_may_have_other_names(check: Check) -> None:
    result = check(
        "ClientId;Target;DateTime;Price;Currency\n"
        "17;t;1794690000;5; руб. \n17;t;1794690000;5;usd\n",
        mapping=Mapping(currencies={"руб.": "RUB"}),
    )

    assert [row["currency"] for row in result.conversions] == ["RUB", "USD"]


def test_an_explicit_mapping_reads_nothing_else(check: Check) -> None:
    result = check(
        "ClientId;Target;DateTime;Price\n17;t;1794690000;5\n",
        mapping=Mapping(
            columns={c: c.value for c in (Column.CLIENT_ID, Column.TARGET, Column.DATE_TIME)},
            explicit=True,
        ),
    )

    assert result.only["price"] is None


def test_a_column_that_is_not_there_is_told_with_its_key_and_its_neighbour(check: Check) -> None:
    mapping = Mapping(columns={Column.PRICE: "Amuont"}, origin="mapping.toml")

    with pytest.raises(SourceError) as error:
        check("ClientId;Target;DateTime;Amount\n17;t;1794690000;5\n", mapping=mapping)

    assert 'no column "Amuont", which columns.Price of mapping.toml names.' in str(error.value)
    assert 'Did you mean "Amount"?' in str(error.value)


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        (Mapping(key="Deal"), "key"),
        (Mapping(key=("Deal", "No"), optional_columns=True), "key"),
        (Mapping(targets=TargetByValue(column="Deal", goals={"a": "b"})), r"targets\.column"),
        (Mapping(filter=(Condition(column="Deal", equals="a"),)), r"filter\[0\]\.column"),
        (
            Mapping(filter=(Condition(column="Deal", equals="a"),), optional_columns=True),
            r"filter\[0\]\.column",
        ),
    ],
)
def test_whatever_decides_about_a_row_must_be_there(
    check: Check, mapping: Mapping, key: str
) -> None:
    with pytest.raises(SourceError, match=f'no column "Deal", which {key} names'):
        check("ClientId;Target;DateTime\n17;t;1794690000\n", mapping=mapping)


def test_what_is_optional_is_passed_over_where_it_is_not_there(check: Check) -> None:
    mapping = Mapping(columns={Column.PRICE: ("Paid", "Sum")}, optional_columns=True)

    assert check("ClientId;Target;DateTime;Sum\n17;t;1794690000;5\n", mapping=mapping).only
