from pathlib import Path

import pytest

from tests.prepare.conftest import Check
from visitjoin.contract.errors import SettingError, SourceError
from visitjoin.prepare import Files

TABLE = (
    "Ид клиента;Цель;Дата оплаты;Сумма;Менеджер\r\n"
    "crm-204;заказ оплачен;03.11.2026 14:05;990,50;Ёлкина Анна\r\n"
    "crm-205;заявка;04.11.2026 09:30;1 200;Иванов Пётр\r\n"
)
ASCII = "ClientId;Target;DateTime\n" + "17;order_paid;1794690000\n" * 60_000
"""Longer than the beginning that an encoding is looked for in."""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_what_a_text_says_of_its_encoding_needs_no_guess(check: Check, encoding: str) -> None:
    result = check(TABLE.encode(encoding))

    assert [row["target"] for row in result.conversions] == ["заказ оплачен", "заявка"]
    assert result.prepared.warnings == ()


@pytest.mark.parametrize(
    ("encoding", "called"),
    [
        ("cp1251", "Windows-1251"),
        ("cp866", "CP866"),
        ("koi8_r", "KOI8-R"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
    ],
)
def test_a_detected_encoding_is_named_in_a_warning(
    check: Check, encoding: str, called: str
) -> None:
    result = check(TABLE.encode(encoding))

    assert [row["target"] for row in result.conversions] == ["заказ оплачен", "заявка"]
    (warning,) = result.prepared.warnings
    assert called in warning
    assert warning.endswith(f"--encoding {encoding}.")


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-16-le", "windows-1251", "utf8"])
def test_a_named_encoding_is_taken_without_a_warning(
    check: Check, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "named.csv"
    path.write_bytes(TABLE.encode(encoding))

    result = check(Files(path, encoding=encoding))

    assert [row["target"] for row in result.conversions] == ["заказ оплачен", "заявка"]
    assert result.prepared.warnings == ()


def test_letters_that_come_after_a_long_ascii_beginning_are_detected_too(check: Check) -> None:
    result = check(ASCII.encode() + "18;заказ оплачен;1794690000\n".encode("cp1251"))

    assert result.conversions[-1]["target"] == "заказ оплачен"
    assert len(result.conversions) == 60_001
    assert "Windows-1251" in result.prepared.warnings[0]


def test_utf_8_that_was_damaged_on_the_way_is_not_taken_for_another_encoding(
    check: Check,
) -> None:
    with pytest.raises(SourceError, match="line 4: Not UTF-8: byte 0xff"):
        check(TABLE.encode() + b"crm-206;\xff;1794690000\r\n")


def test_a_text_that_is_not_in_the_named_encoding_is_an_error_with_its_line(
    check: Check, tmp_path: Path
) -> None:
    path = tmp_path / "named.csv"
    path.write_bytes(b"ClientId;Target;DateTime\n17;t;1794690000\n17;\x98;1794690000\n")

    with pytest.raises(SourceError, match="line 3: Not cp1251: byte 0x98"):
        check(Files(path, encoding="cp1251"))


def test_utf_16_is_named_with_its_order_where_it_has_no_mark(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "named.csv"
    path.write_bytes(TABLE.encode("utf-16-be"))

    with pytest.raises(SourceError, match=r"line 1: Not utf-16: .*BOM"):
        check(Files(path, encoding="utf-16"))


@pytest.mark.parametrize("encoding", ["cp12511", "base64", "rot13"])
def test_what_is_no_encoding_of_a_text_is_said_so(
    check: Check, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "named.csv"
    path.write_bytes(TABLE.encode())

    with pytest.raises(SettingError, match=f'"{encoding}" is no encoding of a text'):
        check(Files(path, encoding=encoding))


def test_json_lines_may_have_a_mark_or_be_utf_16(check: Check) -> None:
    line = '{"UserId": "crm-204", "Target": "заказ", "DateTime": 1794690000}\n'

    for encoding in ("utf-8-sig", "utf-16"):
        assert check(line.encode(encoding), name="deals.jsonl").only["target"] == "заказ"
