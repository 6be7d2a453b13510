"""How to read a table: which column is what, which rows count, and what their values mean.

A `Mapping` is written by hand in Python, or read from a TOML file (`mapping_file`).
`plan.plan_columns` holds it against the headers of a table.
"""

from collections.abc import Mapping as ReadOnlyDict
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from visitjoin.contract.columns import Column


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What must hold of a column's value, blanks around it stripped; one of the four tests."""

    column: str
    equals: str | None = None
    among: tuple[str, ...] | None = None
    not_among: tuple[str, ...] | None = None
    """An empty cell is not among any values."""
    present: bool | None = None
    """True: the cell is filled. False: it is empty."""
    optional: bool = False
    """Whether the condition is passed over in a table that does not have the column."""
    origin: str = ""
    """What named it where the filter of the mapping did not, such as `--refunded`, for errors."""


@dataclass(frozen=True, kw_only=True)
class TargetByValue:
    """The Target of a row by the value of a column, such as a deal's stage."""

    column: str | tuple[str, ...]
    """A header, or several of which the first filled one counts."""
    goals: ReadOnlyDict[str, str]
    """Target by value, blanks around it stripped. Rows with a value that is not here, or whose
    Target is "", are left out."""


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """How to read a table. Without any of it the API's names and obvious ones count."""

    columns: ReadOnlyDict[Column, str | tuple[str, ...]] = field(default_factory=dict)
    """The header that holds a column of the API, or several of which the first filled one counts;
    goes before any guess."""
    constants: ReadOnlyDict[Column, str] = field(default_factory=dict)
    """A value for every row, for a column that the table does not have."""
    targets: TargetByValue | None = None
    """Instead of a column or a constant for Target."""
    currencies: ReadOnlyDict[str, str] = field(default_factory=dict)
    """Three letters by what the table writes instead, such as RUB by `рубль`."""
    filter: tuple[Condition, ...] = ()
    """All must hold, or the row is left out."""
    key: str | tuple[str, ...] | None = None
    """The header of what tells one conversion from another, such as an order number; or several of
    which the first filled one counts."""
    zone: ZoneInfo | None = None
    """Of local times."""
    dates_at: str | None = None
    """The time of day, as 23:59, at which a date without one is read; None to reject it."""
    minor_units: bool = False
    """Whether prices are whole kopecks or cents, a hundred to the unit of the currency."""
    anonymous: bool = False
    """Whether a row may lack every identifier of a visitor, as a chat may."""
    aliases: bool = True
    """Whether obvious other names count. The receiver takes the API's names alone."""
    explicit: bool = False
    """Whether only the columns named here are read, and the API's own names are no exception."""
    optional_columns: bool = False
    """Whether named columns that a table does not have are passed over."""
    demanded: frozenset[Column] = frozenset()
    """Columns whose headers a person has just named: one that the table does not have is an error
    all the same. Passed over, a misspelt Price would send every order again without its price."""
    origin: str | None = None
    """The file that said all this, for messages."""
