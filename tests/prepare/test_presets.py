"""The mappings for exports of three programs, each held against its sample in examples/."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from visitjoin.contract.errors import SettingError, SourceError
from visitjoin.prepare.mapping_file import mapping_of
from visitjoin.prepare.preset import preset_names, preset_text, read_preset

from .conftest import Check, Result

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
AS_OF = datetime(2026, 11, 20, 9, tzinfo=UTC)


def moscow(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+03:00").timestamp())


def conversions(result: Result) -> list[dict[str, Any]]:
    """Only what is there, so that a row is read at a glance."""
    return [
        {name: value for name, value in row.items() if value is not None and name != "row_no"}
        for row in result.conversions
    ]


def test_bitrix24_won_deals_are_conversions(check: Check) -> None:
    result = check(EXAMPLES / "bitrix24.csv", mapping=read_preset("bitrix24"), now=AS_OF)

    won = {"target": "deal_won"}
    assert conversions(result) == [
        won
        | {"client_id": "1793200000123456789", "happened_at": moscow("2026-11-09 23:59")}
        | {"price": Decimal("12990.5"), "currency": "RUB", "key": "1041"},
        won
        | {"yclid": "9715500000000000321", "happened_at": moscow("2026-11-11 23:59")}
        | {"price": Decimal(7400), "currency": "RUB", "key": "1042"},
        won
        | {"client_id": "1793700000823456787", "happened_at": moscow("2026-11-14 23:59")}
        | {"price": Decimal(100), "currency": "USD", "key": "1048"},
    ]
    assert [(row["line"], row["reason"], row["value"]) for row in result.rejects] == [
        (4, "left_out", "Новая"),
        (5, "left_out", "Финальный счёт"),
        (6, "left_out", "Сделка провалена"),
        (7, "no_identifier", None),
        (8, "date_time_in_the_future", "20.11.2026 23:59"),
    ]
    assert (result.prepared.rejected, result.prepared.left_out) == (2, 3)


def test_amocrm_won_deals_are_conversions(check: Check) -> None:
    result = check(EXAMPLES / "amocrm.csv", mapping=read_preset("amocrm"), now=AS_OF)

    won = {"target": "deal_won", "currency": "RUB"}
    assert conversions(result) == [
        won
        | {"client_id": "1793200000123456789", "happened_at": moscow("2026-11-15 18:04:11")}
        | {"price": Decimal(12990), "key": "30501"},
        won
        | {"yclid": "9715500000000000654", "happened_at": moscow("2026-11-16 09:30")}
        | {"price": Decimal(7400), "key": "30502"},
        # The ClientID stands in the field of the contact.
        won
        | {"client_id": "1793600000523456784", "happened_at": moscow("2026-11-17 20:15")}
        | {"price": Decimal(5600), "key": "30505"},
        won
        | {"client_id": "1793700000823456787", "happened_at": moscow("2026-11-18 10:00")}
        | {"key": "30507"},
    ]
    assert [(row["line"], row["reason"], row["column"]) for row in result.rejects] == [
        (4, "left_out", "Этап сделки"),
        (5, "left_out", "Этап сделки"),
        (7, "identifier_damaged", "ClientId"),
    ]


def test_1c_posted_orders_are_conversions(check: Check) -> None:
    result = check(EXAMPLES / "1c.csv", mapping=read_preset("1c"), now=AS_OF)

    paid = {"target": "order_paid"}
    assert conversions(result) == [
        paid
        | {"purchase_id": "A-1042", "happened_at": moscow("2026-11-12 09:05")}
        | {"price": Decimal("12990.5"), "currency": "RUB"},
        paid
        | {"client_id": "1793600000523456784", "purchase_id": "0000-000413"}
        | {"happened_at": moscow("2026-11-12 18:40:27")}
        | {"price": Decimal(990), "currency": "RUB"},
        paid
        | {"purchase_id": "A-1044", "happened_at": moscow("2026-11-13 11:11:11")}
        | {"price": Decimal(1_224_000), "currency": "RUB"},
        paid
        | {"purchase_id": "0000-000416", "happened_at": moscow("2026-11-14 00:00")}
        | {"price": Decimal("75.9"), "currency": "USD"},
    ]
    assert [(row["line"], row["reason"], row["value"]) for row in result.rejects] == [
        (4, "left_out", "Нет"),
        (7, "price_negative", "-990,00"),
    ]


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_says_where_its_names_come_from_and_has_a_sample(name: str) -> None:
    assert "Where its names come from" in preset_text(name)
    assert (EXAMPLES / f"{name}.csv").exists()


def test_an_export_without_optional_columns_is_read_too(check: Check) -> None:
    result = check(
        'ID,Бюджет,"Дата закрытия",Этап сделки,_ym_uid\n'
        "1,5,15.11.2026 18:04:11,Успешно реализовано,17\n",
        mapping=read_preset("amocrm"),
    )

    assert result.only["price"] == 5


def test_an_export_of_another_program_is_told_what_is_missing(check: Check) -> None:
    with pytest.raises(SourceError, match=r"No column for DateTime.*in preset amocrm"):
        check("ClientId,Goal,DateTime\n17,order_paid,1794690000\n", mapping=read_preset("amocrm"))


def test_a_preset_that_does_not_exist_is_an_error_that_lists_those_that_do() -> None:
    with pytest.raises(SettingError, match=r'no preset "salesforce"\. Known are: 1c, amocrm, bitr'):
        read_preset("salesforce")


def test_a_copied_preset_says_the_same() -> None:
    assert mapping_of(preset_text("1c"), origin="preset 1c") == read_preset("1c")
