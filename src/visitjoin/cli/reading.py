"""How a table is read: the options that every command which takes one shares."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from cyclopts import Parameter

from visitjoin.cli.groups import READING
from visitjoin.contract.columns import Column, column_named
from visitjoin.contract.errors import SettingError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.prepare import Files, Query, Source
from visitjoin.prepare.mapping import Mapping, TargetByValue
from visitjoin.prepare.mapping_file import read_mapping
from visitjoin.prepare.preset import read_preset
from visitjoin.prepare.sources import STANDARD_INPUT, has_password
from visitjoin.prepare.zones import zone_named

DATABASE_VARIABLE: Final = "VISITJOIN_DATABASE"

SourceName = Annotated[str, Parameter(name="SOURCE")]
"""A table as it is named on the command line, `-` among others."""

STDIN: Final = "/dev/stdin"
"""What `-` is called on its way through the parser, which takes a lone hyphen for an option."""


@Parameter(name="*", group=READING)
@dataclass(frozen=True, kw_only=True)
class Reading:
    """What is to be known about a table beside itself."""

    mapping_file: Annotated[Path | None, Parameter(name="--mapping")] = None
    """TOML file that says how to read the table; `visitjoin init` writes one."""

    preset: str | None = None
    """the mapping for the export of a program: bitrix24, amocrm or 1c."""

    column: Annotated[list[str], Parameter(negative=())] = field(default_factory=list)
    """which header holds a column of the API, as Price=Amount; may be given several times."""

    target: str | None = None
    """the Target of every row, where no column has one; with --mapping, of every row it takes."""

    currency: str | None = None
    """the currency of every row, where no column has one."""

    timezone: str | None = None
    """zone of local times, as Europe/Moscow; default the counter's where a counter is known."""

    sheet: str | None = None
    """of a workbook, by its name; default the first."""

    encoding: str | None = None
    """of a text, as utf-8, utf-16 or cp1251; default it is detected, and said so."""

    separator: str | None = None
    """of a CSV: one character, or tab; default the one that cuts the header into most fields."""

    format: str | None = None
    """csv, tsv, xlsx, parquet or jsonl; default by the file's name, of standard input csv."""

    sql: str | None = None
    """a query whose answer is the table, in place of a file; its column names are the header."""

    database: str | None = None
    """of --sql: sqlite:///shop.db or postgresql://user@host/shop; default VISITJOIN_DATABASE. Its
    password stands in that variable, in PGPASSWORD or in ~/.pgpass, never in an argument."""

    only: IdentifierKind | None = None
    """read this one kind of identifier, for the older generation of the API."""

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
        return Files(
            [STANDARD_INPUT if name == STDIN else name for name in names],
            format=self.format,
            encoding=self.encoding,
            separator=self.separator,
            sheet=self.sheet,
        )

    @cached_property
    def mapping(self) -> Mapping:
        """How to read the table: what the file says, and over it what the other options say.

        Raises SettingError where an option or the file is wrong.
        """
        return self._over(self._base())

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of local times. Raises SettingError where there is no such zone."""
        return self.mapping.zone

    def _base(self) -> Mapping:
        if self.mapping_file and self.preset:
            raise SettingError(
                "--mapping and --preset are two mappings. Leave one; to change a preset, copy it: "
                f"visitjoin init --preset {self.preset} -o mapping.toml"
            )
        if self.preset:
            return read_preset(self.preset)
        return read_mapping(self.mapping_file) if self.mapping_file else Mapping()

    def _over(self, base: Mapping) -> Mapping:
        columns = dict(map(_named, self.column))
        if base.targets and Column.TARGET in columns:
            raise SettingError(
                f"{base.origin} gives the Target by a column's value ([targets]); with --column "
                "Target=… there would be two. Leave one."
            )
        constants = {Column.TARGET: self.target, Column.CURRENCY: self.currency}
        if base.targets and self.target:
            # What the file leaves out stays left out: only the goal of the others is another.
            del constants[Column.TARGET]
        given = {column: value for column, value in constants.items() if value}
        kept = {c: name for c, name in base.columns.items() if c not in given}
        return replace(
            base,
            columns=kept | columns,
            demanded=frozenset(columns),
            constants={c: v for c, v in base.constants.items() if c not in columns} | given,
            targets=self._targets(base.targets),
            zone=zone_named(self.timezone) if self.timezone else base.zone,
        )

    def _targets(self, targets: TargetByValue | None) -> TargetByValue | None:
        if targets is None or not self.target:
            return targets
        goals = {value: self.target for value, goal in targets.goals.items() if goal}
        return replace(targets, goals=goals)


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
