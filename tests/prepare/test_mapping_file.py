"""The TOML file of a mapping: what it says, and how it says what is wrong with it."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SettingError
from visitjoin.prepare import Mapping
from visitjoin.prepare.mapping import Condition, TargetByValue
from visitjoin.prepare.mapping_file import mapping_of, read_mapping

WHOLE = """
guess = false
optional_columns = true
timezone = "Asia/Almaty"
dates_at = "23:59"
price_unit = "minor"
key = ["ID", "No"]

[columns]
clientid = "Client"
Price = ["Paid", "Amount"]

[constants]
Currency = "RUB"

[targets]
column = "Стадия сделки"
goals = { "Сделка успешна" = "deal_won", "Новая" = "" }

[currencies]
"руб." = "rub"

[[filter]]
column = "Funnel"
in = ["shop", " b2b "]

[[filter]]
column = "Test"
present = false
optional = true
"""


def test_every_key_becomes_a_part_of_the_mapping() -> None:
    assert mapping_of(WHOLE, origin="m.toml") == Mapping(
        columns={Column.CLIENT_ID: "Client", Column.PRICE: ("Paid", "Amount")},
        constants={Column.CURRENCY: "RUB"},
        targets=TargetByValue(
            column="Стадия сделки", goals={"Сделка успешна": "deal_won", "Новая": ""}
        ),
        currencies={"руб.": "RUB"},
        filter=(
            Condition(column="Funnel", among=("shop", "b2b")),
            Condition(column="Test", present=False, optional=True),
        ),
        key=("ID", "No"),
        zone=ZoneInfo("Asia/Almaty"),
        dates_at="23:59",
        minor_units=True,
        explicit=True,
        optional_columns=True,
        origin="m.toml",
    )


def test_an_empty_file_is_the_mapping_of_no_mapping() -> None:
    assert mapping_of("", origin="m.toml") == Mapping(origin="m.toml")


def test_a_file_that_notepad_saved_is_read(tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_bytes('\ufeffkey = "Номер"\r\n'.encode())

    assert read_mapping(file).key == "Номер"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gues = false", 'm.toml: there is no key "gues". Did you mean "guess"? Known are: guess,'),
        ('[columns]\nPryce = "A"', 'no key "columns.Pryce". Did you mean "Price"?'),
        ('[targets]\ncolumn = "A"\ngoal = {}', 'no key "targets.goal". Did you mean "goals"?'),
        ('[[filter]]\ncolumn = "A"\nequal = "x"', 'no key "filter[0].equal". Did you mean "equals'),
        (
            '[[filter]]\ncolumn = "A"\nequals = 142',
            "filter[0].equals must be a text in quotes, and is a number.",
        ),
        ("key = 5", "key must be a text in quotes or a list in brackets, and is a number."),
        ("guess = 1", "guess must be true or false, and is a number."),
        ('price_unit = "kopecks"', "price_unit: Invalid enum value"),
        ("[[filter]]\nequals = 'x'", "missing required field `column`"),
        (
            '[[filter]]\ncolumn = "A"',
            "filter[0] needs exactly one of equals, in, not_in and present",
        ),
        ('[[filter]]\ncolumn = "A"\nequals = "x"\npresent = true', "needs exactly one of"),
        ('[[filter]]\ncolumn = "A"\nequals = " "', "For an empty cell write present = false."),
        ('[[filter]]\ncolumn = "A"\nin = []', "filter[0] has an empty list."),
        ('timezone = "Moscow"', 'm.toml: timezone = "Moscow" is no time zone.'),
        ('timezone = "Europe"', '"Europe" is no time zone.'),
        ('dates_at = "24:00"', 'dates_at = "24:00" is no time of day. Write it as "23:59".'),
        ('[currencies]\n"р" = "рубль"', '"рубль" is not three letters.'),
        ('[constants]\nTarget = ""', "constants.Target is empty."),
        ('key = ""', "key is empty."),
        ('[columns]\nPrice = ["A", " "]', "columns.Price is empty."),
        (
            '[columns]\nPrice = "A"\n[constants]\nprice = "5"',
            "stands under [columns] and under [con",
        ),
        (
            '[columns]\nTarget = "A"\n[targets]\ncolumn = "B"\ngoals = { a = "b" }',
            "Target stands under [columns] or [constants] too.",
        ),
        ('[targets]\ncolumn = "A"\n[targets.goals]\n"won" = ""', "gives no Target yet"),
        ("[targets.goals]\nСделка успешна = 'x'", "must stand in quotes"),
    ],
)
def test_a_fault_names_the_file_the_key_and_what_to_do(text: str, message: str) -> None:
    with pytest.raises(SettingError) as error:
        mapping_of(text, origin="m.toml")

    assert str(error.value).startswith("m.toml")
    assert message in str(error.value)


def test_a_file_that_is_not_there_is_an_error_that_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"no mapping file .*visitjoin init SOURCE -o"):
        read_mapping(tmp_path / "m.toml")


def test_a_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_bytes('key = "Номер"'.encode("cp1251"))

    with pytest.raises(SettingError, match="is not UTF-8"):
        read_mapping(tmp_path / "m.toml")
