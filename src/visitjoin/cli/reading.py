"""How a table is read: the options that every command which takes one shares."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import Parameter

from visitjoin.contract.columns import Column, column_named
from visitjoin.contract.errors import SettingError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.prepare.mapping import Mapping, TargetByValue
from visitjoin.prepare.mapping_file import read_mapping
from visitjoin.prepare.preset import read_preset
from visitjoin.prepare.zones import zone_named


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Reading:
    """What is to be known about a table beside itself."""

    mapping_file: Annotated[Path | None, Parameter(name="--mapping")] = None
    """TOML file that says how to read the table; `visitjoin init` writes one."""

    preset: str | None = None
    """The mapping for the export of a program: bitrix24, amocrm or 1c."""

    column: Annotated[list[str], Parameter(negative=())] = field(default_factory=list)
    """Which header holds a column of the API, as Price=Amount. May be repeated."""

    target: str | None = None
    """The Target of every row that is sent, where the table has none."""

    currency: str | None = None
    """The currency of every row, where the table has none."""

    timezone: str | None = None
    """Zone of local times, as Europe/Moscow; default the counter's where a counter is known."""

    only: IdentifierKind | None = None
    """The one kind of identifier to send, for the older generation of the API."""

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
            constants={c: v for c, v in base.constants.items() if c not in columns} | given,
            targets=self._targets(base.targets),
            zone=zone_named(self.timezone) if self.timezone else base.zone,
        )

    def _targets(self, targets: TargetByValue | None) -> TargetByValue | None:
        if targets is None or not self.target:
            return targets
        goals = {value: self.target for value, goal in targets.goals.items() if goal}
        return replace(targets, goals=goals)


def _named(pair: str) -> tuple[Column, str]:
    name, equals, header = pair.partition("=")
    column = column_named(name)
    if column is None or not equals or not header:
        raise SettingError(
            f'--column "{pair}" is not NAME=HEADER with a NAME among {", ".join(Column)}.'
        )
    return column, header
