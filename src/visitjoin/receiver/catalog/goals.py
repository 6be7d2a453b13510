"""Which goals has a counter?"""

from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Row, and_, insert, select, update

from visitjoin.contract.goals import Condition, Goal, GoalId
from visitjoin.receiver.catalog.moments import seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import GOALS

DELETED: Final = "Deleted"
"""The status of a goal that is only listed when deleted ones are asked for (our choice)."""


def add_goal(catalog: Catalog, counter_id: int, goal: Goal) -> Goal:
    """Make a goal. Its id is given here; the one it comes with does not matter."""
    added = insert(GOALS).values(counter_id=counter_id, **_columns(goal)).returning(GOALS)
    with catalog.begin() as connection:
        return _goal(connection.execute(added).one())


def goals(catalog: Catalog, counter_id: int, *, deleted: bool = False) -> tuple[Goal, ...]:
    """The goals of a counter, oldest first. deleted: those that were deleted as well."""
    asked = select(GOALS).where(GOALS.c.counter_id == counter_id).order_by(GOALS.c.id)
    if not deleted:
        asked = asked.where(GOALS.c.deleted_at.is_(None))
    with catalog.connect() as connection:
        return tuple(_goal(row) for row in connection.execute(asked))


def goal(catalog: Catalog, counter_id: int, goal_id: int) -> Goal | None:
    """One goal; None where the counter has none of this id, or no longer."""
    with catalog.connect() as connection:
        row = connection.execute(select(GOALS).where(_is(counter_id, goal_id))).one_or_none()
    return None if row is None else _goal(row)


def change_goal(catalog: Catalog, counter_id: int, goal: Goal) -> Goal | None:
    """Put a goal in the place of the one with its id; None where there is none."""
    changed = update(GOALS).where(_is(counter_id, goal.id)).values(**_columns(goal))
    with catalog.begin() as connection:
        row = connection.execute(changed.returning(GOALS)).one_or_none()
    return None if row is None else _goal(row)


def delete_goal(catalog: Catalog, counter_id: int, goal_id: int, *, now: datetime) -> bool:
    """Delete a goal. Returns whether there was one."""
    deleted = update(GOALS).where(_is(counter_id, goal_id)).values(deleted_at=seconds(now))
    with catalog.begin() as connection:
        return connection.execute(deleted).rowcount > 0


def _is(counter_id: int, goal_id: int) -> Any:  # noqa: ANN401 - SQLAlchemy's expression
    return and_(
        GOALS.c.id == goal_id, GOALS.c.counter_id == counter_id, GOALS.c.deleted_at.is_(None)
    )


def _columns(goal: Goal) -> dict[str, Any]:
    return {
        "name": goal.name,
        "type": goal.type,
        "conditions": msgspec.to_builtins(goal.conditions),
        "default_price": goal.default_price,
        "is_favorite": goal.is_favorite,
        "flag": goal.flag,
    }


def _goal(row: Row[tuple[object, ...]]) -> Goal:
    return Goal(
        id=GoalId(row.id),
        name=row.name,
        type=row.type,
        conditions=msgspec.convert(row.conditions, tuple[Condition, ...]),
        default_price=float(row.default_price),
        is_favorite=row.is_favorite,
        flag=row.flag,
        status="Active" if row.deleted_at is None else DELETED,
    )
