"""`visitjoin sandbox`: what a receiver can be told that runs as a sandbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from visitjoin.cli.connection import Json, Server
from visitjoin.cli.console import say, say_json
from visitjoin.cli.groups import RECEIVER
from visitjoin.contract.errors import SettingError
from visitjoin.contract.sandbox import (
    ANY_CALL,
    LONGEST_RETRY,
    MOST_TIMES,
    Failing,
    Failure,
    SandboxState,
    duration_of,
)
from visitjoin.contract.uploads import UploadStatus
from visitjoin.sender.api.sandbox import Controls, check_is_no_metrica

app = App(
    name="sandbox",
    help="A sandbox that runs (visitjoin serve --sandbox): its clock, its failures, its beginning.",
    group=RECEIVER,
)

Times = Annotated[int | None, Parameter(validator=Number(gte=1, lte=MOST_TIMES))]
RetryAfter = Annotated[int | None, Parameter(validator=Number(gte=0, lte=LONGEST_RETRY))]
# What begins with a hyphen is no option here: it is told that no clock goes back.
By = Annotated[str, Parameter(allow_leading_hyphen=True)]


@app.command
def status(*, server: Server | None = None, json: Json = False) -> None:
    """Say what its clock says, what it began with, and which failures are ordered.

    Args:
        server: the sandbox.
        json: print JSON.
    """
    with _controls(server) as controls:
        _tell(controls.state(), json=json)


@app.command
def clock(by: By, /, *, server: Server | None = None, json: Json = False) -> None:
    """Move its clock ahead, and let it do at once what has become due.

    Args:
        by: how far, such as +25h; s, m, h and d are seconds, minutes, hours and days.
        server: the sandbox.
        json: print JSON.
    """
    duration = duration_of(by)
    if duration is None:
        raise SettingError(
            f'"{by}" is no length of time ahead. Write +25h, +30m, +21d or +90s, in whole numbers. '
            "Only visitjoin sandbox reset sets the clock back."
        )
    with _controls(server) as controls:
        _tell(controls.move_clock(duration), json=json)


@app.command
def fail(
    what: str,
    /,
    *,
    call: str = ANY_CALL,
    times: Times = None,
    retry_after: RetryAfter = None,
    taken: bool = False,
    at: UploadStatus | None = None,
    server: Server | None = None,
    json: Json = False,
) -> None:
    """Let requests fail from now on. The calls of the sandbox itself never do.

    A status, 429 or from 500 to 599, is answered instead of the receiver's answer. cut-before-body
    and cut-in-body break the connection before the receiver has the request; cut-after-body,
    cut-in-answer, half-json, empty and silence spoil the answer to one that it took; late lets it
    take the request when the client has given up. stuck leaves uploadings in a status.

    Args:
        what: a status, or one of the names above.
        call: which requests: method and path, with * for anything, such as "POST */upload".
        times: how many of them; default all, until `visitjoin sandbox recover`.
        retry_after: seconds that the answer with a status asks to wait.
        taken: the receiver takes the request before the status is answered.
        at: the status in which uploadings are stuck; default UPLOADED.
        server: the sandbox.
        json: print JSON.
    """
    failing, answered = _failing(what)
    failure = Failure(
        what=failing,
        status=answered,
        call=call,
        times=times,
        retry_after=retry_after,
        taken=taken,
        at=at,
    )
    with _controls(server) as controls:
        _tell(controls.fail(failure), json=json)


@app.command
def recover(*, server: Server | None = None, json: Json = False) -> None:
    """Clear all failures: requests pass, and uploadings that were stuck go on.

    Args:
        server: the sandbox.
        json: print JSON.
    """
    with _controls(server) as controls:
        _tell(controls.recover(), json=json)


@app.command
def reset(*, server: Server | None = None, json: Json = False) -> None:
    """Begin anew: the first counter, goals and visits, no failures, and the real time.

    Args:
        server: the sandbox.
        json: print JSON.
    """
    with _controls(server) as controls:
        _tell(controls.reset(), json=json)


@contextmanager
def _controls(server: Server | None) -> Iterator[Controls]:
    server = server or Server()
    check_is_no_metrica(server.api)  # before a token is asked for that nobody needs
    with server.open() as metrica:
        yield Controls(metrica)


def _failing(what: str) -> tuple[Failing, int | None]:
    if what.isdecimal():
        return Failing.STATUS, int(what)
    names = [each.value for each in Failing if each is not Failing.STATUS]
    if what not in names:
        raise SettingError(
            f'"{what}" is no failure. Write 429, a status from 500 to 599, or one of '
            f"{', '.join(names)}."
        )
    return Failing(what), None


def _tell(state: SandboxState, *, json: bool) -> None:
    if json:
        say_json(state)
        return
    say(f"It is {state.now:%Y-%m-%d %H:%M:%S} UTC in the sandbox.")
    goals = ", ".join(state.targets)
    say(f"It began with counter {state.counter}, goals {goals}, {len(state.visits)} visits.")
    for failure in state.failures:
        say(_failure(failure))
    if not state.failures:
        say("No failure is ordered.")


def _failure(failure: Failure) -> str:
    if failure.what is Failing.STUCK:
        at = failure.at or UploadStatus.UPLOADED
        return f"fails  uploadings stay {at.value}, until recover"
    what = failure.what.value if failure.status is None else str(failure.status)
    wait = "" if failure.retry_after is None else f", Retry-After {failure.retry_after}"
    taken = ", though taken" if failure.taken else ""
    left = "until recover" if failure.times is None else f"{failure.times} more"
    return f"fails  {what}{wait}{taken}  {failure.call}  {left}"
