import pytest

from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SourceError
from visitjoin.prepare import Mapping

from .conftest import Check


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
