from decimal import Decimal

import pytest

from visitjoin.contract.reasons import Reason

from .conftest import Check


def cut_by(separator: str, price: str) -> str:
    cells = ("17", "order_paid", "1794690000", f'"{price}"')
    return (
        separator.join(("ClientId", "Target", "DateTime", "Price")) + "\n" + separator.join(cells)
    )


@pytest.mark.parametrize(
    ("written", "price"),
    [
        ("990.5", "990.5"),
        ("990,5", "990.5"),
        ("12 990,50", "12990.50"),
        ("12\u00a0990,50", "12990.50"),
        ("1\u202f234\u202f567,89", "1234567.89"),
        ("1 234 567 890", "1234567890"),
        ("1.234.567,89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("1,234", "1.234"),
        ("0", "0"),
        ("000", "0"),
        ("0.100000", "0.1"),
        ("1.005", "1.005"),
        (" 5 ", "5"),
    ],
)
def test_a_price_is_read_exactly(check: Check, written: str, price: str) -> None:
    assert check(cut_by(";", written)).only["price"] == Decimal(price)


@pytest.mark.parametrize("written", ["12,5", "12,50", "1 234,50", "1.234,50"])
def test_a_decimal_comma_in_a_table_cut_by_commas_is_read_where_it_can_be_nothing_else(
    check: Check, written: str
) -> None:
    price = Decimal(written.replace(" ", "").replace(".", "").replace(",", "."))

    assert check(cut_by(",", written)).only["price"] == price


def test_a_comma_that_may_be_decimal_or_between_thousands_is_not_guessed(check: Check) -> None:
    assert check(cut_by(",", "1,234")).reasons == [Reason.PRICE_NOT_A_NUMBER]


@pytest.mark.parametrize("written", ["12..5", "1.2.3", "12 50", "1,2,3", "5 RUB", "٣", "--5", "."])
def test_what_is_no_number_is_never_read_as_one(check: Check, written: str) -> None:
    assert check(cut_by(";", written)).reasons == [Reason.PRICE_NOT_A_NUMBER]


def test_a_minus_of_typographers_is_a_minus(check: Check) -> None:
    assert check(cut_by(";", "\u22125,00")).reasons == [Reason.PRICE_NEGATIVE]


def test_no_price_is_no_fault(check: Check) -> None:
    assert check(cut_by(";", "")).only["price"] is None
