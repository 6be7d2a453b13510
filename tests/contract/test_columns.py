import pytest

from visitjoin.contract.columns import Column, column_named, missing_columns


@pytest.mark.parametrize(
    "header", ["ClientId", "ClientID", "clientid", "\ufeffClientId", " ClientId "]
)
def test_a_header_is_known_in_any_case_with_blanks_and_a_byte_order_mark(header: str) -> None:
    assert column_named(header) is Column.CLIENT_ID


@pytest.mark.parametrize("header", ["", "Client", "Client Id", "PriceRub"])
def test_a_header_that_the_api_does_not_have_is_not_guessed(header: str) -> None:
    assert column_named(header) is None


def test_one_identifier_column_of_any_kind_is_enough() -> None:
    assert missing_columns([Column.YCLID, Column.TARGET, Column.DATE_TIME]) == []


def test_missing_columns_are_all_named() -> None:
    assert missing_columns([Column.PRICE]) == [
        "Target",
        "DateTime",
        "ClientId or UserId or Yclid or PurchaseId",
    ]
