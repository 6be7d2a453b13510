"""How a table is read: the options that every command which takes one shares."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cyclopts import Parameter

from visitjoin.contract.columns import Column, column_named
from visitjoin.contract.errors import SettingError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.prepare import Files, Mapping, Query, Source
from visitjoin.prepare.sources import STANDARD_INPUT, has_password

DATABASE_VARIABLE: Final = "VISITJOIN_DATABASE"

SourceName = Annotated[str, Parameter(name="SOURCE", allow_leading_hyphen=True)]
"""A table as it is named on the command line, `-` among others."""


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

    format: str | None = None
    """csv, tsv, xlsx, parquet or jsonl; default by the file's name, of standard input csv."""

    encoding: str | None = None
    """Of a text, as utf-8, utf-16 or cp1251; default it is detected, and said so."""

    separator: str | None = None
    """Of a CSV: one character, or tab; default what cuts the header into most fields."""

    sheet: str | None = None
    """Of a workbook, by its name; default the first."""

    sql: str | None = None
    """A query whose answer is the table, in place of a file; its column names are the header."""

    database: str | None = None
    """Of --sql: sqlite:///shop.db or postgresql://user@host/shop; default VISITJOIN_DATABASE. Its
    password stands in that variable, in PGPASSWORD or in ~/.pgpass, never in an argument."""

    def source(self, names: Sequence[str]) -> Source:
        """What to read: the named files, or the query.

        Raises SettingError where neither or both are named, or a password is in an argument.
        """
        if self.sql is not None:
            return _query(self.sql, self.database, names)
        if not names:
            raise SettingError(
                "Name a table: a file, several, a pattern in quotes, or - for standard input; or a "
                "query with --sql."
            )
        for name in names:
            # Since `-` may stand here, a mistyped option is taken for a name too.
            if name.startswith("-") and name != STANDARD_INPUT:
                raise SettingError(
                    f'There is no option "{name}"; a file of that name is written "./{name}".'
                )
        return Files(
            names,
            format=self.format,
            encoding=self.encoding,
            separator=self.separator,
            sheet=self.sheet,
        )

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


def _query(sql: str, database: str | None, names: Sequence[str]) -> Query:
    if names:
        raise SettingError(f"There is a query and a file ({names[0]}). Name one of them.")
    if database is not None and has_password(database):
        raise SettingError(
            "The password of a database does not belong in an argument, where other users of the "
            f"machine can read it. Put the address in {DATABASE_VARIABLE}, or the password in "
            "PGPASSWORD or ~/.pgpass."
        )
    uri = database or os.environ.get(DATABASE_VARIABLE, "").strip()
    if not uri:
        raise SettingError(f"--sql needs --database, or an address in {DATABASE_VARIABLE}.")
    return Query(sql, uri)


def _named(pair: str) -> tuple[Column, str]:
    name, equals, header = pair.partition("=")
    column = column_named(name)
    if column is None or not equals or not header:
        raise SettingError(
            f'--column "{pair}" is not NAME=HEADER with a NAME among {", ".join(Column)}.'
        )
    return column, header
