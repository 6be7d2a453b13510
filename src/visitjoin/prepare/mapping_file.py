"""The TOML file of a mapping: read strictly, so that a misspelt key is never passed over."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as ReadOnlyDict
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from visitjoin.contract.columns import Column, column_named
from visitjoin.contract.currencies import PATTERN as CURRENCY
from visitjoin.contract.errors import SettingError
from visitjoin.prepare.mapping import Condition, Mapping, TargetByValue
from visitjoin.prepare.zones import zone_named

_TIME_OF_DAY: Final = re.compile(r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]")

Headers = str | list[str]
"""A header of the table, or several of which the first filled one counts."""


class ConditionForm(
    Struct, forbid_unknown_fields=True, rename={"among": "in", "not_among": "not_in"}
):
    """One `[[filter]]`: exactly one of the four tests."""

    column: str
    equals: str | None = None
    among: list[str] | None = None
    not_among: list[str] | None = None
    present: bool | None = None
    optional: bool = False


class TargetsForm(Struct, forbid_unknown_fields=True):
    """`[targets]`: the Target by the value of a column."""

    column: Headers
    goals: dict[str, str]


class MappingForm(Struct, forbid_unknown_fields=True):
    """The whole file."""

    guess: bool = True
    optional_columns: bool = False
    timezone: str | None = None
    dates_at: str | None = None
    price_unit: Literal["major", "minor"] = "major"
    key: Headers | None = None
    columns: dict[str, Headers] = {}
    constants: dict[str, str] = {}
    targets: TargetsForm | None = None
    currencies: dict[str, str] = {}
    filter: list[ConditionForm] = []


def read_mapping(path: Path) -> Mapping:
    """Read a mapping from a TOML file. docs/reference/mapping.md says what can stand in it.

    Raises SettingError with the file, the key and what to do, where it cannot be read, is not TOML,
    has an unknown key or a value of a wrong type, or says two things at once.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SettingError(
            f"There is no mapping file {path}. Write one: visitjoin init SOURCE -o {path}"
        ) from None
    except UnicodeDecodeError:
        raise SettingError(f"{path} is not UTF-8. Save it as UTF-8.") from None
    except OSError as error:
        raise SettingError(f"The mapping file {path} cannot be read: {error.strerror}.") from error
    return mapping_of(text, origin=str(path))


def mapping_of(text: str, *, origin: str) -> Mapping:
    """Read a mapping from TOML. origin: the name of its file, for messages. Raises SettingError."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(
            f"{origin} is not TOML: {error}. A name with blanks or Russian letters must stand in "
            'quotes: "Стадия сделки" = "order_paid".'
        ) from None
    for fault in _unknown_keys(found):
        raise SettingError(f"{origin}: {fault}")
    try:
        form = msgspec.convert(found, MappingForm, strict=True)
    except msgspec.ValidationError as error:
        raise SettingError(f"{origin}: {_in_words(str(error))}") from None
    for fault in _faults(form):
        raise SettingError(f"{origin}: {fault}")
    return _mapping(form, origin)


def _mapping(form: MappingForm, origin: str) -> Mapping:
    return Mapping(
        columns={_column(name): _headers(headers) for name, headers in form.columns.items()},
        constants={_column(name): value for name, value in form.constants.items()},
        targets=_targets(form.targets) if form.targets else None,
        currencies={value.strip(): code.upper() for value, code in form.currencies.items()},
        filter=tuple(_condition(condition) for condition in form.filter),
        key=_headers(form.key) if form.key else None,
        zone=zone_named(form.timezone) if form.timezone else None,
        dates_at=form.dates_at,
        minor_units=form.price_unit == "minor",
        explicit=not form.guess,
        optional_columns=form.optional_columns,
        origin=origin,
    )


def _targets(form: TargetsForm) -> TargetByValue:
    goals = {value.strip(): goal.strip() for value, goal in form.goals.items()}
    return TargetByValue(column=_headers(form.column), goals=goals)


def _condition(form: ConditionForm) -> Condition:
    return Condition(
        column=form.column,
        equals=None if form.equals is None else form.equals.strip(),
        among=None if form.among is None else tuple(value.strip() for value in form.among),
        not_among=None if form.not_among is None else tuple(v.strip() for v in form.not_among),
        present=form.present,
        optional=form.optional,
    )


def _headers(named: Headers) -> str | tuple[str, ...]:
    return named if isinstance(named, str) else tuple(named)


def _column(name: str) -> Column:
    column = column_named(name)
    if column is None:  # pragma: no cover - `_unknown_keys` has refused it
        raise AssertionError(name)
    return column


def _unknown_keys(found: ReadOnlyDict[str, Any]) -> Iterator[str]:
    """Each key that does not exist, as a sentence that says which one may be meant."""
    yield from _strange(found, _keys(MappingForm), "")
    for table in ("columns", "constants"):
        if isinstance(given := found.get(table), dict):
            strange = [name for name in given if column_named(name) is None]
            yield from _strange(strange, tuple(Column), f"{table}.")
    if isinstance(given := found.get("targets"), dict):
        yield from _strange(given, _keys(TargetsForm), "targets.")
    if isinstance(given := found.get("filter"), list):
        for number, condition in enumerate(given):
            yield from _strange(condition, _keys(ConditionForm), f"filter[{number}].")


def _strange(found: Iterable[str], known: tuple[str, ...], where: str) -> Iterator[str]:
    for name in found:
        if name not in known:
            close = get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f'Did you mean "{close[0]}"? ' if close else ""
            yield f'there is no key "{where}{name}". {hint}Known are: {", ".join(known)}.'


def _keys(form: type[Struct]) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(form))


_IN_WORDS: Final = {
    "str": "a text in quotes",
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "array": "a list in brackets",
    "object": "a table",
    "null": "",
}


def _in_words(message: str) -> str:
    """The message of msgspec, such as "Expected `str | null`, got `int` - at `$.key`", in words."""
    problem, _, where = message.partition(" - at `$")
    key = where.rstrip("`").lstrip(".") or "the file"
    if types := re.fullmatch("Expected `(.+)`, got `(.+)`", problem):
        wanted, found = (
            " or ".join(filter(None, (_IN_WORDS.get(name, name) for name in kinds.split(" | "))))
            for kinds in types.groups()
        )
        return f"{key} must be {wanted}, and is {found}."
    return f"{key}: {problem}."


def _faults(form: MappingForm) -> Iterator[str]:
    """What is well-formed and cannot be meant."""
    if form.dates_at is not None and not _TIME_OF_DAY.fullmatch(form.dates_at):
        yield f'dates_at = "{form.dates_at}" is no time of day. Write it as "23:59".'
    if form.timezone is not None:
        yield from _fault_of_zone(form.timezone)
    for value, code in form.currencies.items():
        if re.fullmatch(CURRENCY, code) is None:
            yield f'currencies."{value}" = "{code}" is not three letters. Write RUB, USD or EUR.'
    yield from _said_twice(form)
    yield from _empty(form)
    for number, condition in enumerate(form.filter):
        yield from _faults_of_condition(condition, f"filter[{number}]")


def _fault_of_zone(name: str) -> Iterator[str]:
    try:
        zone_named(name)
    except SettingError as error:
        yield f"timezone = {error}"


def _said_twice(form: MappingForm) -> Iterator[str]:
    for name in form.constants:
        if column_named(name) in map(column_named, form.columns):
            yield f"{name} stands under [columns] and under [constants]. Leave one."
    target_is_named = Column.TARGET in map(column_named, [*form.columns, *form.constants])
    if form.targets and target_is_named:
        yield (
            "[targets] gives the Target by a column's value, and Target stands under [columns] or "
            "[constants] too. Leave one."
        )


def _empty(form: MappingForm) -> Iterator[str]:
    for name, value in form.constants.items():
        if not value.strip():
            yield f"constants.{name} is empty. Write its value, or take the line out."
    named = {f"columns.{name}": headers for name, headers in form.columns.items()}
    named |= {"key": form.key} if form.key is not None else {}
    for key, headers in named.items():
        if not headers or not all(map(str.strip, _listed(headers))):
            yield f"{key} is empty. Write the header of a column, or take the line out."
    if form.targets and not any(map(str.strip, form.targets.goals.values())):
        yield (
            "targets.goals gives no Target yet, so every row would be left out. Write the "
            "identifier of the goal beside each value that is a conversion: "
            '"Deal won" = "order_paid".'
        )


def _faults_of_condition(condition: ConditionForm, where: str) -> Iterator[str]:
    tests = (condition.equals, condition.among, condition.not_among, condition.present)
    if sum(test is not None for test in tests) != 1:
        yield f"{where} needs exactly one of equals, in, not_in and present."
    values = [*_listed(condition.equals), *(condition.among or ()), *(condition.not_among or ())]
    if not all(map(str.strip, values)):
        yield f"{where} has an empty value. For an empty cell write present = false."
    if condition.among == [] or condition.not_among == []:
        yield f"{where} has an empty list. Write the values."


def _listed(named: Headers | None) -> list[str]:
    if named is None:
        return []
    return [named] if isinstance(named, str) else named
