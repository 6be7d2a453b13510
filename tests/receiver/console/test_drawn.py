"""What a drawing and the figures beside it say at a glance."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from visitjoin.receiver.console import drawn
from visitjoin.receiver.console.languages import LANGUAGES
from visitjoin.receiver.lake.results import Result

TODAY: Final = date(2026, 12, 15)
ENGLISH: Final = LANGUAGES["en"]


def _days(number: int) -> list[date]:
    return [TODAY - timedelta(days=before) for before in reversed(range(number))]


def _sold(source: str, currency: str, conversions: int, revenue: str) -> Result:
    return Result(
        by="source",
        name=source,
        currency=currency,
        conversions=conversions,
        revenue=Decimal(revenue),
    )


def test_the_currency_of_the_most_conversions_comes_first_in_every_line() -> None:
    results = [
        _sold("ad", "RUB", 3, "300"),
        _sold("email", "EUR", 2, "20"),
        _sold("email", "RUB", 1, "100000.5"),
        _sold("email", "", 9, "0"),
    ]

    ad, email = sorted(drawn.by_source(ENGLISH, results), key=lambda line: line.name)

    assert list(drawn.add(results).money) == ["RUB", "EUR"]
    assert ad.money == ["300.00\xa0RUB"]
    assert email.money == ["100,000\xa0RUB", "€20.00"]


def test_a_price_is_shown_to_the_kopeck_however_large() -> None:
    assert ENGLISH.money(Decimal("100000.5"), "USD", exact=True) == "$100,000.50"
    assert ENGLISH.money(Decimal(1500), "JPY") == "¥1,500"


def test_the_last_name_under_a_drawing_is_today() -> None:
    figure = drawn.conversions_by_day(ENGLISH, [], _days(30))

    names = [step.text for step in figure.chart.steps]
    assert names == ["20 Nov", "25 Nov", "30 Nov", "5 Dec", "10 Dec", "15 Dec"]


def test_a_year_is_named_by_its_months_and_their_years() -> None:
    figure = drawn.conversions_by_day(ENGLISH, [], _days(365))

    names = [step.text for step in figure.chart.steps]
    assert names[0] == "Jan 2026"
    assert names[-1] == "Dec 2026"
