"""`visitjoin goals`: list, create, delete."""

from cyclopts import App

from visitjoin.cli.connection import Connection, Json
from visitjoin.cli.console import say, say_json, say_table
from visitjoin.cli.groups import COUNTER
from visitjoin.contract.goals import GoalId, target_of

app = App(name="goals", help="The goals of a counter.", group=COUNTER)


@app.command(name="list")
def list_goals(*, connection: Connection, json: Json = False) -> None:
    """Show the goals, and which Target reaches each.

    Args:
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica:
        goals = metrica.goals()
    if json:
        say_json(goals)
        return
    if not goals:
        say("The counter has no goals. Create one: visitjoin goals create --name … --target …")
        return
    say_table(
        ("id", "name", "type", "Target"),
        ((str(goal.id), goal.name, goal.type, target_of(goal) or "-") for goal in goals),
    )


@app.command
def create(*, name: str, target: str, connection: Connection, json: Json = False) -> None:
    """Create a JavaScript-event goal, or show the one that this Target already reaches.

    Args:
        name: what people see in reports.
        target: identifier of the event, as it stands in the column Target.
        connection: server and counter.
        json: print JSON.
    """
    with connection.connect() as metrica:
        goal, is_new = metrica.ensure_goal(name, target)
    if json:
        say_json(goal)
    elif is_new:
        say(f'Created goal {goal.id} "{goal.name}", reached by Target {target}.')
    else:
        say(f'Target {target} already reaches goal {goal.id} "{goal.name}": nothing created.')


@app.command
def delete(goal: int, /, *, connection: Connection) -> None:
    """Delete a goal.

    Args:
        goal: id of the goal, as `goals list` shows it.
        connection: server and counter.
    """
    with connection.connect() as metrica:
        metrica.delete_goal(GoalId(goal))
    say(f"Deleted goal {goal}.")
