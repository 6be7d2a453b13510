"""A mapping held against the headers of one table: the number of each column that is read."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as ReadOnlyDict
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain
from pathlib import Path

from visitjoin.contract.columns import Column, column_named, missing_columns
from visitjoin.contract.errors import SourceError
from visitjoin.prepare.aliases import column_meant_by
from visitjoin.prepare.mapping import Condition, Mapping

Places = tuple[int, ...]
"""Numbers of columns, from 0, of which the first filled one counts."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where everything is found that is read of a table. Equal ones read alike: see `cells`."""

    # Dictionaries are compared, and do not take part in the hash: they have none.
    positions: ReadOnlyDict[Column, Places] = field(hash=False)
    constants: ReadOnlyDict[Column, str] = field(hash=False)
    goals: ReadOnlyDict[str, str] | None = field(default=None, hash=False)
    """Target by the value of `stage`; None where Target is a column or a constant."""
    stage: Places = ()
    conditions: tuple[tuple[int, Condition], ...] = field(default=(), hash=False)
    currencies: ReadOnlyDict[str, str] = field(default_factory=dict, hash=False)
    key: Places = ()
    dates_at: str | None = None
    minor_units: bool = False
    headers: tuple[str, ...] = ()
    """As they stand in the table, without blanks around them."""

    @property
    def columns(self) -> list[Column]:
        """The columns that rows will have, in the API's order."""
        present = {*self.positions, *self.constants}
        if self.goals is not None:
            present.add(Column.TARGET)
        return [column for column in Column if column in present]

    @property
    def named(self) -> dict[Column, str]:
        """The header that was taken for each column; several are joined by `, `."""
        found = {**self.positions, **({Column.TARGET: self.stage} if self.stage else {})}
        return {
            column: ", ".join(self.headers[place] for place in places)
            for column, places in found.items()
        }

    @property
    def needed(self) -> list[int]:
        """The numbers of all columns that are read."""
        places = chain(*self.positions.values(), self.stage, self.key)
        return sorted({*places, *(place for place, _ in self.conditions)})

    @property
    def chooses(self) -> bool:
        """Whether rows can be left out."""
        return self.goals is not None or bool(self.conditions)


def plan_columns(headers: Sequence[str], mapping: Mapping, path: Path) -> Plan:
    """Decide which column of a table is which.

    headers: as they stand in the table. path: of the table, for messages.

    Raises SourceError where a column is missing, named twice, or a named header does not exist.
    """
    finder = _Finder(headers, mapping, path)
    positions = _positions(finder)
    present = [*positions, *mapping.constants, *([Column.TARGET] if mapping.targets else [])]
    if lacking := missing_columns(present, anonymous=mapping.anonymous):
        raise SourceError(_what_is_missing(lacking, headers, mapping), path=path, line=1)
    return Plan(
        positions=positions,
        constants=dict(mapping.constants),
        goals=dict(mapping.targets.goals) if mapping.targets else None,
        stage=finder.required(mapping.targets.column, "targets.column") if mapping.targets else (),
        currencies=dict(mapping.currencies),
        conditions=tuple(finder.conditions()),
        key=finder.required(mapping.key, "key") if mapping.key else (),
        dates_at=mapping.dates_at,
        minor_units=mapping.minor_units,
        headers=tuple(_bare(header) for header in headers),
    )


@dataclass(frozen=True)
class _Finder:
    """Finds columns of a table by the headers that a mapping names."""

    headers: Sequence[str]
    mapping: Mapping
    path: Path

    def places(self, named: str | tuple[str, ...], key: str) -> Places:
        """Where the named headers are. key: of the mapping, for the message where one is not."""
        names = (named,) if isinstance(named, str) else named
        found = {name: _places(name, self.headers) for name in names}
        lost = [name for name, places in found.items() if not places]
        if lost and not self.mapping.optional_columns:
            raise self.no_such(lost[0], key)
        return tuple(chain(*found.values()))

    def required(self, named: str | tuple[str, ...], key: str) -> Places:
        """As `places`, where the table must have one of them."""
        places = self.places(named, key)
        if not places:
            raise self.no_such(named if isinstance(named, str) else named[0], key)
        return places

    def conditions(self) -> Iterable[tuple[int, Condition]]:
        """The place of each condition's column."""
        for number, condition in enumerate(self.mapping.filter):
            if places := _places(condition.column, self.headers):
                yield places[0], condition
            elif not condition.optional:
                key = condition.origin or f"filter[{number}].column"
                raise self.no_such(condition.column, key)

    def no_such(self, name: str, key: str) -> SourceError:
        is_of_file = self.mapping.origin and not key.startswith("--")
        said = f"{key} of {self.mapping.origin} names" if is_of_file else f"{key} names"
        known = [_bare(header) for header in self.headers]
        close = get_close_matches(name.strip(), known, n=1)
        hint = f' Did you mean "{close[0]}"?' if close and not is_personal(close[0]) else ""
        return SourceError(
            f'There is no column "{name}", which {said}.{hint} '
            f"The table has: {_listed(self.headers)}.",
            path=self.path,
            line=1,
        )


def _positions(finder: _Finder) -> dict[Column, Places]:
    """The API's own names and obvious ones, unless the mapping says it all; then what it names."""
    mapping = finder.mapping
    positions: dict[Column, Places] = {}
    if not mapping.explicit:
        guessed = _by_names(finder.headers, mapping, finder.path)
        positions = {column: (place,) for column, place in guessed.items()}
    for column, named in mapping.columns.items():
        if column in mapping.demanded:
            positions[column] = finder.required(named, f"--column {column}")
        elif places := finder.places(named, f"columns.{column}"):
            positions[column] = places
    for column in (*mapping.constants, *([Column.TARGET] if mapping.targets else [])):
        positions.pop(column, None)
    return positions


def _by_names(headers: Sequence[str], mapping: Mapping, path: Path) -> dict[Column, int]:
    """The API's own names first, then obvious ones for what is still missing."""
    exact = _unique(headers, [column_named(header) for header in headers], path)
    if not mapping.aliases:
        return exact
    settled = {*exact, *mapping.columns, *mapping.constants}
    if mapping.targets:
        settled.add(Column.TARGET)
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


def _places(name: str, headers: Sequence[str]) -> Places:
    """Where a header is: amoCRM writes the same one for a field of the deal and of the contact."""
    wanted = _bare(name).casefold()
    return tuple(n for n, header in enumerate(headers) if _bare(header).casefold() == wanted)


def _bare(header: str) -> str:
    return header.strip("\ufeff \t\r\n")


def _what_is_missing(lacking: Sequence[str], headers: Sequence[str], mapping: Mapping) -> str:
    first = lacking[0].split()[0]
    if mapping.origin:
        way_out = (
            f' Name a column with --column "{first}=HEADER", or under [columns] in '
            f"{mapping.origin}."
        )
    elif mapping.aliases:
        way_out = (
            f' Name a column with --column "{first}=HEADER", or let visitjoin init write a mapping.'
        )
    else:
        # Whoever uploads to the receiver has no option to name a column with.
        way_out = ""
    return (
        f"No column for {', '.join(lacking)}. The first line must hold the column names; it has: "
        f"{_listed(headers)}.{way_out}"
    )


def _listed(headers: Sequence[str]) -> str:
    shown = [header.strip() for header in headers if header.strip()]
    more = f" and {len(shown) - 12} more" if len(shown) > 12 else ""  # noqa: PLR2004 - a line full
    # A file without a header shows its first row here: long numbers are identifiers of people.
    return ", ".join("…" if is_personal(header) else header for header in shown[:12]) + more


def is_personal(header: str) -> bool:
    """Whether a header looks like the cell of a person: the table has no header then."""
    return sum(character.isdigit() for character in header) > 6 or "@" in header  # noqa: PLR2004
