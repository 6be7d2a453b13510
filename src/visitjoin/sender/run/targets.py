"""Targets that reach no goal: said by name, or given the goal that they lack."""

from collections.abc import Iterator

from visitjoin.contract.goals import fault_of_target, mistaken_target, targets_of
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.run.telling import Telling
from visitjoin.sender.tables.workspace import Workspace


def create_goals(metrica: Metrica, workspace: Workspace, telling: Telling) -> None:
    """Create a goal for each Target of what is to be uploaded that reaches none.

    A Target that is a goal's id or name, or a goal's identifier in another case, is a mistake and
    gets no goal: `remarks` says what to write instead.
    """
    goals = metrica.goals()
    for target, _ in _without_goal(metrica, workspace):
        if mistaken_target(target, goals) is None and fault_of_target(target) is None:
            goal = metrica.create_goal(target, target)
            telling.remark(f'Created goal {goal.id} for Target "{target}".')


def remarks(metrica: Metrica, workspace: Workspace) -> tuple[str, ...]:
    """What to mend about the Targets of what is uploaded, or would be, in sentences."""
    goals = metrica.goals()
    return tuple(
        f"{rows:,} x {mistaken_target(target, goals) or _how_to_create(target)}"
        for target, rows in _without_goal(metrica, workspace)
    )


def _without_goal(metrica: Metrica, workspace: Workspace) -> Iterator[tuple[str, int]]:
    known = targets_of(metrica.goals())
    return ((target, rows) for target, rows in workspace.rows("targets.sql") if target not in known)


def _how_to_create(target: str) -> str:
    if fault := fault_of_target(target):
        return f'Target "{target}" reaches no goal, and cannot: {fault}'
    return (
        f'Target "{target}" reaches no goal. Create one, unless it is a test: '
        f'visitjoin goals create --name NAME --target "{target}" (or send --create-goals)'
    )
