"""In which language does a page speak, and how does it write numbers, money and days?

English is what the templates and the code have; the words of the others are in `words/`, in the
files of gettext, read at the start. Babel knows the plurals and how things are written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
)
from babel.support import Translations

from visitjoin.contract.said import Moment, Quantity, Said
from visitjoin.receiver.console.named import IN_THE_CONSOLE

DASH: Final = "\N{EN DASH}"
"""In place of a figure that there is not, and between two."""


@dataclass(frozen=True)
class Language:
    """One language of the console."""

    code: str
    name: str
    """As its speakers call it."""
    locale: Locale
    words: NullTranslations

    def say(self, text: str, /, **values: object) -> str:
        """A text in this language. text: in English, with `%(name)s` where a value stands."""
        said = self.words.gettext(text)
        return said % values if values else said

    def say_of(self, one: str, many: str, number: int, /, **values: object) -> str:
        """A text about a number of things, which stands as `%(number)s`."""
        said = self.words.ngettext(one, many, number)
        return said % {"number": self.number(number), **values}

    def tell(self, said: Said, zone: str) -> str:
        """A sentence with its values. zone: of the moments in it."""
        values = {name: self._value(value, zone) for name, value in said.values.items()}
        text = IN_THE_CONSOLE.get(said.text, said.text)
        return self.words.gettext(text) % values

    def _value(self, value: object, zone: str) -> object:
        match value:
            case Moment(at=at):
                return self.moment(at, zone)
            case Quantity(number=number):
                return self.number(number)
            case _:
                return value

    def number(self, number: float | Decimal) -> str:
        """A number, its thousands apart."""
        return str(format_decimal(number, locale=self.locale))

    def short(self, number: float) -> str:
        """A round number as it stands beside an axis: 20K, 1.5M."""
        return str(format_compact_decimal(number, locale=self.locale, fraction_digits=1))

    def share(self, part: float, whole: float) -> str:
        """A part of a whole in percent; a dash where there is no whole."""
        if not whole:
            return DASH
        form = self.locale.percent_formats[None].pattern.replace("0", "0.#")
        return str(format_percent(part / whole, form, locale=self.locale))

    def money(self, amount: Decimal, currency: str, *, exact: bool = False) -> str:
        """An amount. currency: ISO 4217; "" where none is known.

        exact: whether it is one price and not a sum, of which the kopecks are shown however large.
        """
        if not currency:
            return self.number(round(amount, 2))
        # Kopecks of a large sum are noise in a page that is read by people.
        whole = amount >= _KOPECKS_DO_NOT_MATTER and not exact
        form = self.locale.currency_formats["standard"].pattern
        if get_currency_symbol(currency, self.locale).isalpha():
            form = "#,##0.00\xa0¤"  # letters before the digits would run into them
        if whole:
            form = form.replace(".00", "")
        return str(
            format_currency(amount, currency, form, locale=self.locale, currency_digits=not whole)
        )

    def moment(self, moment: datetime | int, zone: str) -> str:
        """A moment in a zone. moment: aware, or Unix seconds."""
        zone_of = ZoneInfo(zone)
        if isinstance(moment, int):
            moment = datetime.fromtimestamp(moment, zone_of)
        return str(format_datetime(moment, "d MMM y, HH:mm", tzinfo=zone_of, locale=self.locale))

    def day(self, day: date) -> str:
        """A day with its year."""
        return str(format_date(day, "d MMM y", locale=self.locale))

    def month(self, day: date) -> str:
        """The month of a day, with its year, as it stands under an axis of weeks."""
        return str(format_date(day, "LLL y", locale=self.locale))

    def short_day(self, day: date) -> str:
        """A day as it stands under an axis."""
        return str(format_date(day, "d MMM", locale=self.locale))


_KOPECKS_DO_NOT_MATTER: Final = 100_000
"""From here on a figure is a sum, and read at a glance; what is less may be held against a bill."""


def _read(code: str) -> NullTranslations:
    text = files(__package__).joinpath("words", f"{code}.po").read_bytes()
    packed = BytesIO()
    write_mo(packed, read_po(BytesIO(text), locale=code))
    packed.seek(0)
    return Translations(packed)


LANGUAGES: Final[Mapping[str, Language]] = {
    "en": Language("en", "English", Locale("en"), NullTranslations()),
    "ru": Language("ru", "Русский", Locale("ru"), _read("ru")),
}

COOKIE: Final = "visitjoin_language"


def language_of(chosen: str | None, accepted: str) -> Language:
    """The language of a reader.

    chosen: what was chosen with the switch; accepted: the browser's Accept-Language.
    """
    if chosen is not None and chosen in LANGUAGES:
        return LANGUAGES[chosen]
    found = negotiate_locale(_by_wish(accepted), list(LANGUAGES), sep="-")
    return LANGUAGES[found or "en"]


def _by_wish(accepted: str) -> list[str]:
    """The tags of an Accept-Language, the most wanted first (RFC 9110, 12.5.4)."""
    wishes = []
    for part in accepted.split(","):
        tag, _, parameter = part.strip().partition(";")
        _, _, weight = parameter.strip().partition("q=")
        try:
            wishes.append((float(weight or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(wishes, key=lambda one: -one[0]) if weight and tag]
