"""The goals of a counter: list, create, delete."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from visitjoin.contract.counters import Counter
from visitjoin.contract.goals import (
    JAVASCRIPT_EVENT,
    TARGET_FORBIDDEN,
    Condition,
    ConditionType,
    Goal,
    fault_of_target,
    target_of,
)
from visitjoin.contract.texts import is_name, is_text
from visitjoin.receiver.catalog.goals import delete_goal, goals
from visitjoin.receiver.catalog.goals import goal as goal_of
from visitjoin.receiver.console.pages import form_of, go_to, page
from visitjoin.receiver.console.sessions import NEEDS
from visitjoin.receiver.door.audit import name_made
from visitjoin.receiver.door.rights import Right
from visitjoin.receiver.refusals import not_found
from visitjoin.receiver.routes.given import AnyRequest, GivenCatalog, GivenClock, GivenCounter, Id
from visitjoin.receiver.routes.goals import GoalFields, make_goal


@get("/counter/{counter_id:int}/goals", opt={NEEDS: Right.LOOK}, sync_to_thread=True)
def list_goals(
    request: AnyRequest, counter: GivenCounter, catalog: GivenCatalog, done: FromQuery[str] = ""
) -> Template:
    """The goals, and a form for another one."""
    return _goals(request, counter, goals(catalog, counter.id), done=done)


@post("/counter/{counter_id:int}/goals", opt={NEEDS: Right.CHANGE})
async def create_goal(
    request: AnyRequest, counter: GivenCounter, catalog: GivenCatalog
) -> Redirect | Template:
    """Create a goal that conversions can reach."""
    fields = await form_of(request)
    name, target = fields.get("name", "").strip(), fields.get("target", "").strip()
    fault = _fault(name, target)
    known = await asyncio.to_thread(goals, catalog, counter.id)
    if not fault and target in {target_of(goal) for goal in known}:
        fault = "known"
    if fault:
        return _goals(request, counter, known, fault=fault, name=name, target=target)
    condition = Condition(type=ConditionType.EXACT, url=target)
    asked = GoalFields(name=name, type=JAVASCRIPT_EVENT, conditions=(condition,))
    made = await asyncio.to_thread(make_goal, catalog, counter.id, asked)
    name_made(request, "goal", made.id)
    return go_to(request, f"/counter/{counter.id}/goals?done=created")


@get(
    "/counter/{counter_id:int}/goal/{goal_id:int}/delete",
    opt={NEEDS: Right.CHANGE},
    sync_to_thread=True,
)
def ask_to_delete(
    request: AnyRequest, counter: GivenCounter, goal_id: Id, catalog: GivenCatalog
) -> Template:
    """Is the goal really to go?"""
    found = goal_of(catalog, counter.id, goal_id)
    if found is None:
        raise not_found("goal", goal_id)
    return page(
        request,
        "goal_delete.html",
        counter=counter,
        at="goals",
        goal=found,
        target=target_of(found),
    )


@post("/counter/{counter_id:int}/goal/{goal_id:int}/delete", opt={NEEDS: Right.CHANGE})
async def delete(
    request: AnyRequest,
    counter: GivenCounter,
    goal_id: Id,
    catalog: GivenCatalog,
    clock: GivenClock,
) -> Redirect:
    """Delete a goal; one that is gone already is gone."""
    await form_of(request)
    await asyncio.to_thread(delete_goal, catalog, counter.id, goal_id, now=clock())
    return go_to(request, f"/counter/{counter.id}/goals?done=deleted")


def _goals(
    request: AnyRequest,
    counter: Counter,
    known: Sequence[Goal],
    *,
    done: str = "",
    fault: str = "",
    name: str = "",
    target: str = "",
) -> Template:
    """The goals that are known. fault: why the one that was asked for is none."""
    return page(
        request,
        "goals.html",
        status=HTTPStatus.BAD_REQUEST if fault else HTTPStatus.OK,
        counter=counter,
        at="goals",
        goals=[(goal, target_of(goal)) for goal in known],
        done=done,
        fault=fault,
        forbidden=TARGET_FORBIDDEN,
        name=name,
        target=target,
    )


def _fault(name: str, target: str) -> str:
    if not is_name(name):
        return "name"
    if fault_of_target(target) or not is_text(target):
        return "target"
    return ""
