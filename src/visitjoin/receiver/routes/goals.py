"""Goals: list, create, one, change, delete."""

from typing import Annotated, Literal

from litestar import delete, get, post, put
from litestar.params import FromQuery, JSONBody
from msgspec import Meta, Struct

from visitjoin.contract.answers import ErrorType, GoalAnswer, GoalsAnswer, Success
from visitjoin.contract.goals import JAVASCRIPT_EVENT as EVENT
from visitjoin.contract.goals import (
    MOST_GOALS,
    Condition,
    Goal,
    GoalId,
    fault_of_target,
    target_of,
)
from visitjoin.contract.texts import TEXT_PATTERN, is_text
from visitjoin.receiver.catalog import goals
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.door.audit import name_made
from visitjoin.receiver.refusals import OF_JSON, Refusal, invalid, not_found
from visitjoin.receiver.routes.declared import OF_COUNTER, OF_COUNTER_AND_BODY
from visitjoin.receiver.routes.given import AnyRequest, GivenCatalog, GivenClock, GivenCounter, Id


class GoalFields(Struct):
    """What a client may say about a goal. Fields of other goal types are not kept."""

    name: Annotated[str, Meta(min_length=1, max_length=255, pattern=TEXT_PATTERN)]
    type: Annotated[str, Meta(min_length=1, max_length=64, pattern=TEXT_PATTERN)]
    id: int | None = None
    conditions: tuple[Condition, ...] = ()
    default_price: float = 0.0
    is_favorite: bool = False
    flag: Literal["", "basket", "order"] = ""


class GoalBody(Struct):
    """The body of the calls that write a goal."""

    goal: GoalFields


@get("/goals", responses=OF_COUNTER, sync_to_thread=True)
def list_goals(
    *,
    counter: GivenCounter,
    catalog: GivenCatalog,
    useDeleted: FromQuery[bool] = False,  # noqa: N803 - the API's name
) -> GoalsAnswer:
    """List the goals of a counter, oldest first."""
    return GoalsAnswer(goals=goals.goals(catalog, counter.id, deleted=useDeleted))


@post(
    "/goals",
    responses=OF_COUNTER_AND_BODY,
    exception_handlers=OF_JSON,
    status_code=200,
    sync_to_thread=True,
)
def create_goal(
    request: AnyRequest, counter: GivenCounter, data: JSONBody[GoalBody], catalog: GivenCatalog
) -> GoalAnswer:
    """Create a goal.

    A second goal with the identifier of an older one is taken, as the API documents no error for
    it; conversions then count for the older one.
    """
    made = make_goal(catalog, counter.id, data.goal)
    name_made(request, "goal", made.id)
    return GoalAnswer(goal=made)


@get("/goal/{goal_id:int}", responses=OF_COUNTER, sync_to_thread=True)
def get_goal(counter: GivenCounter, goal_id: Id, catalog: GivenCatalog) -> GoalAnswer:
    """One goal."""
    found = goals.goal(catalog, counter.id, goal_id)
    if found is None:
        raise not_found("goal", goal_id)
    return GoalAnswer(goal=found)


@put(
    "/goal/{goal_id:int}",
    responses=OF_COUNTER_AND_BODY,
    exception_handlers=OF_JSON,
    sync_to_thread=True,
)
def change_goal(
    counter: GivenCounter, goal_id: Id, data: JSONBody[GoalBody], catalog: GivenCatalog
) -> GoalAnswer:
    """Change a goal: the body takes the place of what there was. Links that stand, stay."""
    if data.goal.id not in (None, goal_id):
        raise invalid(f"The body is of goal {data.goal.id}, the path of {goal_id}.", location="id")
    changed = goals.change_goal(catalog, counter.id, _goal(data.goal, GoalId(goal_id)))
    if changed is None:
        raise not_found("goal", goal_id)
    return GoalAnswer(goal=changed)


@delete("/goal/{goal_id:int}", responses=OF_COUNTER, status_code=200, sync_to_thread=True)
def delete_goal(
    counter: GivenCounter, goal_id: Id, catalog: GivenCatalog, clock: GivenClock
) -> Success:
    """Delete a goal: no conversion reaches it from now on."""
    if not goals.delete_goal(catalog, counter.id, goal_id, now=clock()):
        raise not_found("goal", goal_id)
    return Success()


def make_goal(catalog: Catalog, counter_id: int, fields: GoalFields) -> Goal:
    """Make a goal. Raises Refusal where it cannot be, or the counter has as many as it may."""
    if len(goals.goals(catalog, counter_id)) >= MOST_GOALS:
        raise Refusal(
            ErrorType.LIMIT_EXCEEDED,
            f"The counter has {MOST_GOALS} goals, which is the most. Delete one first.",
        )
    return goals.add_goal(catalog, counter_id, _goal(fields, GoalId(0)))


def _goal(fields: GoalFields, goal_id: GoalId) -> Goal:
    if not all(is_text(each.type) and is_text(each.url) for each in fields.conditions):
        raise invalid("A condition has a control character.", location="conditions")
    goal = Goal(
        id=goal_id,
        name=fields.name,
        type=fields.type,
        conditions=fields.conditions,
        default_price=fields.default_price,
        is_favorite=fields.is_favorite,
        flag=fields.flag,
    )
    if goal.type == EVENT and (fault := fault_of_target(target_of(goal) or "")):
        raise invalid(fault, location="conditions")
    return goal
