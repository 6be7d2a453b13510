"""Which column of a table is which: the API's names, obvious other ones, and what the user says."""

from collections.abc import Mapping as ReadOnlyDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from visitjoin.contract.columns import Column, column_named, missing_columns
from visitjoin.contract.errors import SourceError
from visitjoin.prepare.aliases import column_meant_by


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """How to read a table's columns. Without any of it the API's names and obvious ones count."""

    columns: ReadOnlyDict[Column, str] = field(default_factory=dict)
    """The header of the table that holds a column of the API; goes before any guess."""
    constants: ReadOnlyDict[Column, str] = field(default_factory=dict)
    """A value for every row, for a column that the table does not have."""
    aliases: bool = True
    """Whether obvious other names count. The receiver takes the API's names alone."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where each column of the API is found: the number of a column, from 0, or a constant."""

    positions: ReadOnlyDict[Column, int]
    constants: ReadOnlyDict[Column, str]

    @property
    def columns(self) -> list[Column]:
        """The columns that rows will have, in the API's order."""
        return [column for column in Column if column in self.positions or column in self.constants]


def plan_columns(headers: Sequence[str], mapping: Mapping, path: Path) -> Plan:
    """Decide which column of a table is which.

    headers: as they stand in the table. path: of the table, for messages.

    Raises SourceError where a column is missing, named twice, or a named header does not exist.
    """
    positions = {
        **_by_names(headers, mapping, path),
        **{
            column: _position(name, headers, column, path)
            for column, name in mapping.columns.items()
        },
    }
    constants = dict(mapping.constants)
    for column in constants:
        positions.pop(column, None)
    if lacking := missing_columns([*positions, *constants]):
        raise SourceError(_what_is_missing(lacking, headers, mapping), path=path, line=1)
    return Plan(positions=positions, constants=constants)


def _by_names(headers: Sequence[str], mapping: Mapping, path: Path) -> dict[Column, int]:
    """The API's own names first, then obvious ones for what is still missing."""
    exact = _unique(headers, [column_named(header) for header in headers], path)
    if not mapping.aliases:
        return exact
    settled = {*exact, *mapping.columns, *mapping.constants}
    meant = [None if column_named(h) else column_meant_by(h) for h in headers]
    guessed = _unique(headers, [None if c in settled else c for c in meant], path)
    return {**guessed, **exact}


def _unique(
    headers: Sequence[str], meanings: Sequence[Column | None], path: Path
) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for position, column in enumerate(meanings):
        if column is None:
            continue
        if column in found:
            raise SourceError(
                f'Two columns for {column}: "{headers[found[column]]}" and "{headers[position]}". '
                f'Say which one is meant: --column "{column}={headers[position]}".',
                path=path,
                line=1,
            )
        found[column] = position
    return found


def _position(name: str, headers: Sequence[str], column: Column, path: Path) -> int:
    wanted = name.strip().casefold()
    for position, header in enumerate(headers):
        if header.strip("\ufeff \t\r\n").casefold() == wanted:
            return position
    raise SourceError(
        f'There is no column "{name}", which was named for {column}. '
        f"The table has: {_listed(headers)}.",
        path=path,
        line=1,
    )


def _what_is_missing(lacking: Sequence[str], headers: Sequence[str], mapping: Mapping) -> str:
    # Whoever uploads to the receiver has no option to name a column with.
    first = lacking[0].split()[0]
    way_out = f' Name a column with --column "{first}=HEADER".' if mapping.aliases else ""
    return (
        f"No column for {', '.join(lacking)}. The first line must hold the column names; it has: "
        f"{_listed(headers)}.{way_out}"
    )


def _listed(headers: Sequence[str]) -> str:
    shown = [header.strip() for header in headers if header.strip()]
    more = f" and {len(shown) - 12} more" if len(shown) > 12 else ""  # noqa: PLR2004 - a line full
    # A file without a header shows its first row here: long numbers are identifiers of people.
    return ", ".join("…" if _is_personal(header) else header for header in shown[:12]) + more


def _is_personal(header: str) -> bool:
    return sum(character.isdigit() for character in header) > 6 or "@" in header  # noqa: PLR2004
