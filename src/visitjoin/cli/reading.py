"""How a table is read: the options that every command which takes one shares."""

from dataclasses import dataclass, field
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cyclopts import Parameter

from visitjoin.contract.columns import Column, column_named
from visitjoin.contract.errors import SettingError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.prepare import Mapping


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Reading:
    """What is to be known about a table beside itself."""

    column: Annotated[list[str], Parameter(negative=())] = field(default_factory=list)
    """Which header holds a column of the API, as Price=Amount. May be repeated."""

    target: str | None = None
    """The Target of every row, where the table has none."""

    currency: str | None = None
    """The currency of every row, where the table has none."""

    timezone: str | None = None
    """Zone of local times, as Europe/Moscow; default the counter's where a counter is known."""

    only: IdentifierKind | None = None
    """The one kind of identifier to send, for the older generation of the API."""

    @property
    def mapping(self) -> Mapping:
        """Which column is which. Raises SettingError where --column is not NAME=HEADER."""
        constants = {Column.TARGET: self.target, Column.CURRENCY: self.currency}
        return Mapping(
            columns=dict(map(_named, self.column)),
            constants={column: value for column, value in constants.items() if value},
        )

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of local times. Raises SettingError where there is no such zone."""
        return zone_named(self.timezone) if self.timezone else None


def zone_named(name: str) -> ZoneInfo:
    """A time zone by its name. Raises SettingError where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingError(
            f'"{name}" is no time zone. Write it as Europe/Moscow or Asia/Almaty.'
        ) from error


def _named(pair: str) -> tuple[Column, str]:
    name, equals, header = pair.partition("=")
    column = column_named(name)
    if column is None or not equals or not header:
        raise SettingError(
            f'--column "{pair}" is not NAME=HEADER with a NAME among {", ".join(Column)}.'
        )
    return column, header
