"""The mapping that `init` writes: what each column was taken for, and why, ready to be edited."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import tomlkit
from tomlkit.items import Table
from tomlkit.toml_document import TOMLDocument

from visitjoin.contract.columns import IDENTIFIER_COLUMNS, Column
from visitjoin.contract.currencies import PATTERN as CURRENCY
from visitjoin.contract.plural import counted
from visitjoin.prepare.guess import Uses, uses_of
from visitjoin.prepare.preset import read_preset
from visitjoin.prepare.survey import Kind, Survey, survey

_WIDEST: Final = 34
"""Characters of a header in the list of columns; a longer one pushes its line to the right."""

_GUESS = """
Only the columns that this file names are read. With true, others whose names are understood
by themselves are read too.
"""
_ZONE = """
The times carry no zone. Name the one in which they were written; left out, it is the zone of
the counter.
timezone = "Europe/Moscow"
"""
_DATES = """
These are dates without a time of day. They are read as this time: late, so that a visit of the
same day still comes before the conversion. What happened today waits until tomorrow, then.
"""
_KEY = """
What tells one conversion from another, such as the id of a deal or the number of an order: what
was sent under a key is not sent again, and another price under it is noticed. It must never come
again: a number that begins anew each year is no key. Without one a conversion is known by its
identifiers, Target and DateTime.
"""
_MINOR = """
Are prices whole kopecks or cents, 129950 for 1 299.50? Then take away the # of this line:
price_unit = "minor"
"""
_COLUMNS = """
Left: the column of the API. Right: the header of the table, or several of which the first
filled one counts, as in  Price = ["Paid", "Amount"].
"""
_NO_IDENTIFIER = """
TO DO: no column with an identifier of the visitor was found. Name at least one:
ClientId = "HEADER"     the ClientID of Yandex.Metrica, 17 to 20 digits (cookie _ym_uid)
UserId = "HEADER"       what the site gives to setUserID
Yclid = "HEADER"        the id of a click in Yandex.Direct
PurchaseId = "HEADER"   the number of an order that the site told to Metrica
"""
_NO_MOMENT = """
TO DO: when did it happen?
DateTime = "HEADER"
"""
_NO_PRICE = """
Price = "HEADER"
"""
_TARGETS = """
TO DO: which goal did a row reach? The value of this column decides it. Write the identifier of
the goal (`visitjoin goals list` shows them) beside each value that is a conversion, as in
"Deal won" = "order_paid". Rows with other values are left out, and counted as such.
"""
_CONSTANTS = """
One value for every row, for what the table has no column for.
"""
_NO_TARGET = """
TO DO: the identifier of the goal that every row reached (`visitjoin goals list` shows them).
"""
_NO_CURRENCY = """
Currency = "RUB"
"""
_OTHER_CURRENCIES = """
What the table writes instead of three letters, and the letters. A row with any other is rejected.
"""
_FILTER = """
Rows for which a condition does not hold are left out. One block for each condition, with one
test: equals, in = ["…", "…"], not_in = ["…", "…"], present = true or present = false.

[[filter]]
column = "{header}"
equals = "{value}"
"""


def draft_mapping(source: Path, *, name: str = "mapping.toml") -> str:
    """Write the TOML of a mapping for a table, from its own headers and values.

    name: of the file that it will be, for the commands that are shown in it.

    Nothing personal is quoted: identifiers and telephones are masked, names are not shown. Where
    the names of the columns would be understood without a mapping, this one reads the same.

    Raises SourceError where the table cannot be read or has no header.
    """
    found = survey(source)
    uses = uses_of(found)
    document = tomlkit.document()
    for line in (*_introduction(source, name), *_list_of_columns(uses)):
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    _settings(document, uses)
    document.add("columns", _columns(uses))
    if uses.stage and not uses.of(Column.TARGET):
        document.add("targets", _targets(uses, found))
    document.add("constants", _constants(uses))
    if currencies := _currencies(uses, found):
        document.add("currencies", currencies)
    header, value = "HEADER", "VALUE"
    if uses.stage:
        header, value = uses.stage.header, found.values[uses.stage.place][0][0]
    _say(document, _FILTER.format(header=header, value=value))
    return tomlkit.dumps(document)


def _introduction(source: Path, name: str) -> Iterator[str]:
    yield f"How visitjoin reads {source.name}. Edit this file, look at what would happen, send:"
    yield ""
    yield f"    visitjoin send {source.name} --mapping {name} --dry-run"
    yield f"    visitjoin send {source.name} --mapping {name}"
    yield ""
    yield "Every key that may stand here is explained in docs/reference/mapping.md."
    yield ""


def _list_of_columns(uses: Uses) -> Iterator[str]:
    """A line for each column of the table: what it was taken for, why, and some of its values."""
    headers = [f'"{use.seen.header}"' for use in uses.all]
    purposes = [use.purpose for use in uses.all]
    width, middle = min(_WIDEST, max(map(len, headers))), max(map(len, purposes))
    yield f"The table has {len(headers)} columns. Each, what it was taken for, and why:"
    yield ""
    for header, purpose, use in zip(headers, purposes, uses.all, strict=True):
        why = f"{use.why}; " if use.why else ""
        yield f"  {header:{width}}  {purpose:{middle}}  {why}{use.shown}"


def _settings(document: TOMLDocument, uses: Uses) -> None:
    _say(document, _GUESS)
    document.add("guess", tomlkit.item(False))  # noqa: FBT003 - a value of TOML
    document.add(tomlkit.nl())
    moments = uses.of(Column.DATE_TIME)
    if moments and (moments.is_local or moments.kind is Kind.DATE):
        _say(document, _ZONE)
        document.add(tomlkit.nl())
    if moments and moments.kind is Kind.DATE:
        _say(document, _DATES)
        document.add("dates_at", "23:59")
        document.add(tomlkit.nl())
    _say(document, _KEY)
    if uses.key:
        document.add("key", uses.key.header)
    else:
        _say(document, 'key = "HEADER"')
    document.add(tomlkit.nl())
    if uses.of(Column.PRICE):
        _say(document, _MINOR)
        document.add(tomlkit.nl())


def _columns(uses: Uses) -> Table:
    table = tomlkit.table()
    _say(table, _COLUMNS)
    for column in Column:
        if seen := uses.of(column):
            table.add(column.value, seen.header)
    if not any(map(uses.of, IDENTIFIER_COLUMNS)):
        _say(table, _NO_IDENTIFIER)
    if not uses.of(Column.DATE_TIME):
        _say(table, _NO_MOMENT)
    if not uses.of(Column.PRICE):
        _say(table, _NO_PRICE)
    table.add(tomlkit.nl())
    return table


def _targets(uses: Uses, found: Survey) -> Table:
    targets, goals = tomlkit.table(), tomlkit.table()
    if uses.stage is None:
        return targets
    _say(targets, _TARGETS)
    targets.add("column", uses.stage.header)
    targets.add(tomlkit.nl())
    for value, rows in found.values[uses.stage.place]:
        goals.add(value, "")
        goals[value].comment(counted(rows, "row"))
    goals.add(tomlkit.nl())
    targets.add("goals", goals)
    return targets


def _constants(uses: Uses) -> Table:
    table = tomlkit.table()
    _say(table, _CONSTANTS)
    if not uses.of(Column.TARGET) and not uses.stage:
        _say(table, _NO_TARGET)
        table.add("Target", "")
    if uses.of(Column.PRICE) and not uses.of(Column.CURRENCY):
        _say(table, _NO_CURRENCY)
    table.add(tomlkit.nl())
    return table


def _currencies(uses: Uses, found: Survey) -> Table | None:
    """The letters of currencies that the table writes in another way; None where there are none."""
    seen = uses.of(Column.CURRENCY)
    values = [value for value, _ in found.values.get(seen.place, ())] if seen else []
    others = [value for value in values if re.fullmatch(CURRENCY, value) is None]
    if not others:
        return None
    table = tomlkit.table()
    _say(table, _OTHER_CURRENCIES)
    known = read_preset("bitrix24").currencies
    for value in others:
        if value in known:
            table.add(value, known[value])
        else:
            _say(table, f'"{value}" = "RUB"')
    table.add(tomlkit.nl())
    return table


def _say(place: TOMLDocument | Table, text: str) -> None:
    for line in text.strip().splitlines():
        place.add(tomlkit.comment(line))
