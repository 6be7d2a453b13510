"""Each reason of the closed list, by a row that has just this fault."""

from decimal import Decimal

import pytest

from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.reasons import Reason

from .conftest import Check

HEADER = "ClientId,UserId,Yclid,PurchaseId,Target,DateTime,Price,Currency\n"
LARGEST = "18446744073709551615"
TOO_LARGE = "18446744073709551616"


def row(
    *,
    client: str = "1793200000123456789",
    user: str = "",
    yclid: str = "",
    purchase: str = "",
    target: str = "order_paid",
    when: str = "1794690000",
    price: str = "990.50",
    currency: str = "RUB",
) -> str:
    cells = (client, user, yclid, purchase, target, when, price, currency)
    return HEADER + ",".join(f'"{cell}"' for cell in cells) + "\n"


@pytest.mark.parametrize(
    ("table", "reason", "column", "value"),
    [
        (row(client=""), Reason.NO_IDENTIFIER, None, None),
        (row(client="1.79351E+18"), Reason.IDENTIFIER_DAMAGED, "ClientId", "1.79351E+18"),
        (row(client="1,79351E+18"), Reason.IDENTIFIER_DAMAGED, "ClientId", "1,79351E+18"),
        (row(client="1e18"), Reason.IDENTIFIER_DAMAGED, "ClientId", "1e18"),
        (row(client="179320000012.0"), Reason.IDENTIFIER_DAMAGED, "ClientId", "179320000012.0"),
        (row(client="", yclid="9,7E+18"), Reason.IDENTIFIER_DAMAGED, "Yclid", "9,7E+18"),
        (row(client="crm-204"), Reason.IDENTIFIER_NOT_A_NUMBER, "ClientId", "crm-204"),
        (row(client="+5"), Reason.IDENTIFIER_NOT_A_NUMBER, "ClientId", "+5"),
        (row(client="1_000"), Reason.IDENTIFIER_NOT_A_NUMBER, "ClientId", "1_000"),
        (row(client=TOO_LARGE), Reason.IDENTIFIER_NOT_A_NUMBER, "ClientId", TOO_LARGE),
        (row(client=LARGEST + "0"), Reason.IDENTIFIER_NOT_A_NUMBER, "ClientId", LARGEST + "0"),
        (row(target="  "), Reason.TARGET_EMPTY, "Target", None),
        (row(when=""), Reason.DATE_TIME_MISSING, "DateTime", None),
        (row(when="yesterday"), Reason.DATE_TIME_NOT_A_TIME, "DateTime", "yesterday"),
        (row(when="20261103"), Reason.DATE_TIME_NOT_A_TIME, "DateTime", "20261103"),
        (row(when="2026-11-03"), Reason.DATE_TIME_NOT_A_TIME, "DateTime", "2026-11-03"),
        (row(when="2026-02-30 10:00"), Reason.DATE_TIME_NOT_A_TIME, "DateTime", "2026-02-30 10:00"),
        (row(when="1794690000000"), Reason.DATE_TIME_IN_MILLISECONDS, "DateTime", "1794690000000"),
        (row(when="1795176001"), Reason.DATE_TIME_IN_THE_FUTURE, "DateTime", "1795176001"),
        (row(price="on request"), Reason.PRICE_NOT_A_NUMBER, "Price", "on request"),
        (row(price="1e3"), Reason.PRICE_NOT_A_NUMBER, "Price", "1e3"),
        (row(price="1,234"), Reason.PRICE_NOT_A_NUMBER, "Price", "1,234"),
        (row(price="-5"), Reason.PRICE_NEGATIVE, "Price", "-5"),
        (row(price="1234567890123"), Reason.PRICE_OUT_OF_RANGE, "Price", "1234567890123"),
        (row(price="0.1234567"), Reason.PRICE_OUT_OF_RANGE, "Price", "0.1234567"),
        (row(currency="rubles"), Reason.CURRENCY_NOT_THREE_LETTERS, "Currency", "rubles"),
        (row(currency="₽"), Reason.CURRENCY_NOT_THREE_LETTERS, "Currency", "₽"),
    ],
)  # fmt: skip
def test_a_row_with_one_fault_is_rejected_for_it_and_says_where(
    check: Check, table: str, reason: Reason, column: str | None, value: str | None
) -> None:
    result = check(table)

    assert result.conversions == []
    (reject,) = result.rejects
    assert (reject["reason"], reject["column"], reject["value"]) == (reason, column, value)
    assert (reject["row_no"], reject["line"]) == (1, 2)


def test_a_row_with_several_faults_is_rejected_for_the_first(check: Check) -> None:
    result = check(row(client="", target="", price="-5"))

    assert result.reasons == [Reason.NO_IDENTIFIER]


def test_the_largest_unsigned_64_bit_number_is_an_identifier(check: Check) -> None:
    assert check(row(client=LARGEST)).only["client_id"] == LARGEST


def test_a_row_keeps_all_its_identifiers_each_in_its_own_column(check: Check) -> None:
    result = check(row(client="17", user="crm-204", yclid="97", purchase="A-1"))

    kept = {name: result.only[name] for name in ("client_id", "user_id", "yclid", "purchase_id")}
    assert kept == {"client_id": "17", "user_id": "crm-204", "yclid": "97", "purchase_id": "A-1"}


def test_where_one_kind_is_asked_for_a_row_with_another_kind_beside_it_is_rejected(
    check: Check,
) -> None:
    result = check(row(user="crm-204"), only=IdentifierKind.CLIENT_ID)

    assert result.reasons == [Reason.SEVERAL_IDENTIFIERS]
    assert result.rejects[0]["column"] == "UserId"


def test_where_one_kind_is_asked_for_a_row_of_another_kind_has_no_identifier(check: Check) -> None:
    result = check(row(client="", user="crm-204"), only=IdentifierKind.CLIENT_ID)

    assert result.reasons == [Reason.NO_IDENTIFIER]


def test_a_conversion_at_this_very_second_is_not_in_the_future(check: Check) -> None:
    assert check(row(when="1795176000")).only["happened_at"] == 1795176000


def test_an_unknown_currency_leaves_the_row_and_takes_its_money(check: Check) -> None:
    result = check(row(currency="BTC"))

    assert (result.only["price"], result.only["currency"]) == (None, None)
    assert result.prepared.unknown_currency == 1


def test_a_currency_in_small_letters_is_written_in_capitals(check: Check) -> None:
    assert check(row(currency="rub")).only["currency"] == "RUB"


def test_a_price_without_a_currency_stays(check: Check) -> None:
    result = check(row(currency=""))

    assert (result.only["price"], result.only["currency"]) == (Decimal("990.50"), None)


def test_a_rejected_row_keeps_its_money_for_the_reconciliation(check: Check) -> None:
    result = check(row(target=""))

    assert (result.rejects[0]["price"], result.rejects[0]["currency"]) == (Decimal("990.50"), "RUB")
