"""Goals, and when a Target names one.

Source: reference of the goal methods; guide of offline conversions, "Create a goal".
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NewType

from msgspec import Struct

from visitjoin.contract.said import Said

GoalId = NewType("GoalId", int)

JAVASCRIPT_EVENT: Final = "action"
"""The goal type of a JavaScript event: the only one that takes offline conversions."""

TARGET_FORBIDDEN: Final = r'/\&#?="'
"""Characters that a goal's identifier must not contain (help page, "JavaScript event")."""


MOST_GOALS: Final = 200
"""Goals of a counter. Often quoted, and not documented: our choice."""


class ConditionType(StrEnum):
    """How a condition compares. Only `exact` matches a Target."""

    EXACT = "exact"
    CONTAIN = "contain"
    START = "start"
    REGEXP = "regexp"
    ACTION = "action"


class Condition(Struct, frozen=True):
    """A condition of a goal. `url` holds the event's identifier where the goal is an event."""

    type: str
    url: str = ""


class Goal(Struct, frozen=True, kw_only=True):
    """A goal of a counter, as the API answers it. Fields that an answer lacks keep defaults."""

    id: GoalId
    name: str
    type: str
    conditions: tuple[Condition, ...] = ()
    default_price: float = 0.0
    is_favorite: bool = False
    goal_source: str = "user"
    flag: str = ""
    status: str = "Active"
    is_retargeting: int = 0
    """Of the older generation, whose clients read it. Always 0 here."""
    prev_goal_id: int = 0
    """As `is_retargeting`."""


def own_goal(target: str, name: str) -> Goal:
    """The goal that the calls or the chats of a counter reach, before it has an id.

    target: its identifier; name: what people see.

    A JavaScript event like any other, so that a counter needs no second kind of goal (our choice:
    the guides speak of special goals and do not say of which type).
    """
    condition = Condition(type=ConditionType.EXACT, url=target)
    return Goal(id=GoalId(0), name=name, type=JAVASCRIPT_EVENT, conditions=(condition,))


def target_of(goal: Goal) -> str | None:
    """The Target that reaches this goal, or None where no offline conversion can reach it.

    `action` is documented as the special condition of JavaScript events beside `exact`, and
    compares in the same way.
    """
    if goal.type != JAVASCRIPT_EVENT:
        return None
    for condition in goal.conditions:
        if condition.type in (ConditionType.EXACT, ConditionType.ACTION):
            return condition.url
    return None


def targets_of(goals: Iterable[Goal]) -> dict[str, Goal]:
    """The goals that a Target can reach, by their identifier; the oldest wins a shared one."""
    found: dict[str, Goal] = {}
    for goal in sorted(goals, key=lambda goal: goal.id):
        target = target_of(goal)
        if target is not None:
            found.setdefault(target, goal)
    return found


def mistaken_target(target: str, goals: Iterable[Goal]) -> str | None:
    """`said_of_mistaken_target` in English."""
    said = said_of_mistaken_target(target, goals)
    return None if said is None else str(said)


def said_of_mistaken_target(target: str, goals: Iterable[Goal]) -> Said | None:
    """Say by name that a Target is a goal's id or name instead of its identifier.

    This is the most common mistake of all. Returns a sentence with the right identifier, or
    None where the Target is neither.
    """
    for goal in goals:
        right = target_of(goal)
        if right is None or target == right:
            continue
        values = {"target": target, "right": right, "goal": goal.name, "id": goal.id}
        if target == str(goal.id):
            return Said(MISTAKEN_TARGETS[0], values)
        if target.casefold() == goal.name.casefold():
            return Said(MISTAKEN_TARGETS[1], values)
        if target.casefold() == right.casefold():
            return Said(MISTAKEN_TARGETS[2], values)
    return None


MISTAKEN_TARGETS: Final = (
    'Target "%(target)s" is the id of goal "%(goal)s". Write "%(right)s".',
    'Target "%(target)s" is the name of goal %(id)s. Write "%(right)s".',
    'Target "%(target)s" differs in case from the identifier "%(right)s".',
)
"""What is said of a Target that is a goal's id, its name, or its identifier in another case."""


def fault_of_target(target: str) -> str | None:
    """What is wrong with a new goal's identifier, as a sentence; None where nothing is."""
    if not target.strip():
        return "The identifier of a goal must not be empty."
    if found := re.search(f"[{re.escape(TARGET_FORBIDDEN)}]", target):
        return f'The identifier of a goal must not contain "{found[0]}".'
    return None
