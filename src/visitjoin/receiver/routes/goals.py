"""Goals: list, create, one, change, delete."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta, Struct

from visitjoin.contract.answers import GoalAnswer, GoalsAnswer, Success
from visitjoin.contract.goals import JAVASCRIPT_EVENT as EVENT
from visitjoin.contract.goals import Condition, Goal, GoalId, fault_of_target, target_of
from visitjoin.receiver.audit import name_made
from visitjoin.receiver.catalog import goals
from visitjoin.receiver.refusals import invalid, not_found
from visitjoin.receiver.routes.given import AnyRequest, GivenCatalog, GivenClock, GivenCounter


class GoalFields(Struct):
    """What a client may say about a goal. Fields of other goal types are not kept."""

    name: Annotated[str, Meta(min_length=1, max_length=255)]
    type: Annotated[str, Meta(min_length=1, max_length=64)]
    conditions: tuple[Condition, ...] = ()
    default_price: float = 0.0
    is_favorite: bool = False
    flag: str = ""


class GoalBody(Struct):
    """The body of the calls that write a goal."""

    goal: GoalFields


@get("/goals", sync_to_thread=True)
def list_goals(
    *,
    counter: GivenCounter,
    catalog: GivenCatalog,
    useDeleted: FromQuery[bool] = False,  # noqa: N803 - the API's name
) -> GoalsAnswer:
    """List the goals of a counter, oldest first."""
    return GoalsAnswer(goals=goals.goals(catalog, counter.id, deleted=useDeleted))


@post("/goals", status_code=200, sync_to_thread=True)
def create_goal(
    request: AnyRequest, counter: GivenCounter, data: JSONBody[GoalBody], catalog: GivenCatalog
) -> GoalAnswer:
    """Create a goal.

    A second goal with the identifier of an older one is taken, as the API documents no error for
    it; conversions then count for the older one.
    """
    made = goals.add_goal(catalog, counter.id, _goal(data.goal, GoalId(0)))
    name_made(request, "goal", made.id)
    return GoalAnswer(goal=made)


@get("/goal/{goal_id:int}", sync_to_thread=True)
def get_goal(counter: GivenCounter, goal_id: FromPath[int], catalog: GivenCatalog) -> GoalAnswer:
    """One goal."""
    found = goals.goal(catalog, counter.id, goal_id)
    if found is None:
        raise not_found("goal", goal_id)
    return GoalAnswer(goal=found)


@put("/goal/{goal_id:int}", sync_to_thread=True)
def change_goal(
    counter: GivenCounter, goal_id: FromPath[int], data: JSONBody[GoalBody], catalog: GivenCatalog
) -> GoalAnswer:
    """Change a goal: the body takes the place of what there was. Links that stand, stay."""
    changed = goals.change_goal(catalog, counter.id, _goal(data.goal, GoalId(goal_id)))
    if changed is None:
        raise not_found("goal", goal_id)
    return GoalAnswer(goal=changed)


@delete("/goal/{goal_id:int}", status_code=200, sync_to_thread=True)
def delete_goal(
    counter: GivenCounter, goal_id: FromPath[int], catalog: GivenCatalog, clock: GivenClock
) -> Success:
    """Delete a goal: no conversion reaches it from now on."""
    if not goals.delete_goal(catalog, counter.id, goal_id, now=clock()):
        raise not_found("goal", goal_id)
    return Success()


def _goal(fields: GoalFields, goal_id: GoalId) -> Goal:
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
