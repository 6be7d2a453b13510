"""The console speaks two languages, and each says everything."""

from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from visitjoin.receiver.console.languages import LANGUAGES, language_of

from .messages import messages


def _catalog(code: str) -> Catalog:
    text = files("visitjoin.receiver.console").joinpath("words", f"{code}.po").read_bytes()
    return read_po(BytesIO(text), locale=code)


def test_russian_has_every_message_and_no_other() -> None:
    known = {message.id: message for message in _catalog("ru") if message.id}

    assert messages() - known.keys() == set()
    assert known.keys() - messages() == set()


def test_no_message_is_empty_or_says_other_values_than_the_english_one() -> None:
    for message in _catalog("ru"):
        said = message.string
        assert said and all(said), message.id  # noqa: PT018 - a text, or that of each number
        assert not message.fuzzy, message.id
        if message.id:
            assert list(message.check()) == [], message.id


@pytest.mark.parametrize(
    ("chosen", "accepted", "code"),
    [
        (None, "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        (None, "en-GB,en;q=0.9,ru;q=0.8", "en"),
        (None, "de,fr;q=0.5", "en"),
        (None, "", "en"),
        (None, "ru;q=0.3,en;q=none,*;q=x", "ru"),
        ("en", "ru", "en"),
        ("xx", "ru", "ru"),
    ],
)
def test_the_switch_goes_before_the_browsers_wish(
    chosen: str | None, accepted: str, code: str
) -> None:
    assert language_of(chosen, accepted).code == code


def test_numbers_money_and_moments_are_written_as_people_of_the_language_do() -> None:
    english, russian = LANGUAGES["en"], LANGUAGES["ru"]
    moment = datetime(2026, 3, 20, 12, 5, tzinfo=UTC)

    said = [
        (
            lang.number(1234567),
            lang.share(1, 3),
            lang.money(Decimal("12.50"), "RUB"),
            lang.money(Decimal(1234567), "RUB"),
            lang.moment(moment, "Europe/Moscow"),
            *(lang.say_of("%(number)s row", "%(number)s rows", number) for number in (1, 3, 11)),
        )
        for lang in (english, russian)
    ]

    assert [tuple(text.replace("\xa0", " ") for text in texts) for texts in said] == [
        (
            "1,234,567",
            "33.3%",
            "12.50 RUB",
            "1,234,567 RUB",
            "20 Mar 2026, 15:05",
            "1 row",
            "3 rows",
            "11 rows",
        ),
        (
            "1 234 567",
            "33,3 %",
            "12,50 ₽",
            "1 234 567 ₽",
            "20 мар. 2026, 15:05",
            "1 строка",
            "3 строки",
            "11 строк",
        ),
    ]
