"""The command `visitjoin`: its commands, and how an error ends it.

Exit codes: 0 done; 1 it failed; 2 wrong usage or setting; 3 done, but what was to be watched is the
case: some rows were rejected or not linked and --strict was given, or something fell and
--alert-below was.
"""

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final

import stamina
from cyclopts import (
    App,
    CycloptsError,
    CycloptsPanel,
    Group,
    MissingArgumentError,
    Parameter,
    UnusedCliTokensError,
)
from rich.console import RenderableType

from visitjoin.cli import (
    checking,
    correcting,
    counters,
    demo,
    explaining,
    goals,
    health,
    init,
    joining,
    ledgers,
    login,
    logs,
    preparing,
    sandbox,
    sending,
    tracking,
    uploads,
    visits,
)
from visitjoin.cli.console import manner, remark, remark_error
from visitjoin.cli.groups import (
    EVERY_COMMAND,
    FIRST,
    RECEIVER,
    SENDING,
    STEPS,
    default_told,
)
from visitjoin.cli.reading import STDIN
from visitjoin.contract.errors import SettingError, VisitjoinError
from visitjoin.contract.version import __version__


def _wrong_usage(error: CycloptsError) -> RenderableType:
    """What is wrong with the words of a command; of what is left out, its variable too.

    What the parser says of the rest stays in its own frame.
    """
    words = " ".join(("visitjoin", *(error.command_chain or ())))
    if isinstance(error, UnusedCliTokensError):
        unused = " ".join(error.unused_tokens or ())
        return f'{words} takes no "{unused}". See {words} --help'
    argument = error.argument
    if not isinstance(error, MissingArgumentError) or argument is None or argument.tokens:
        return CycloptsPanel(error)
    variables = "".join(f", or the variable {name}" for name in argument.parameter.env_var or ())
    return f"{words} needs {argument.name}{variables}. See {words} --help"


app = App(
    name="visitjoin",
    help=(
        "Joins what happens after the click (an order paid, a deal closed) to the visit that "
        "brought it: offline conversions for Yandex.Metrica, or for a receiver of your own. "
        "Begin with `visitjoin demo`."
    ),
    version=__version__,
    error_formatter=_wrong_usage,
    # A switch is given or left out: a second name for leaving it out would double the help.
    default_parameter=Parameter(negative=(), show_default=default_told),
    help_epilogue=(
        "Exit codes: 0 done; 1 it failed; 2 wrong usage; 3 done, but some rows were rejected or "
        "not linked and --strict was given, or the share linked fell and --alert-below was. The "
        "token is read from VISITJOIN_TOKEN, a file, or where `visitjoin login` kept it, never "
        "from an argument."
    ),
)
app.command(demo.demo, group=FIRST)
app.command(login.login, group=FIRST)
app.command(login.logout, group=FIRST)
app.command(login.whoami, group=FIRST)
app.command(checking.check, group=FIRST)
app.command(init.init, group=SENDING)
app.command(sending.send, group=SENDING)
app.command(sending.resend, group=SENDING)
app.command(correcting.correct, group=SENDING)
app.command(health.health, group=SENDING)
app.command(uploads.history, group=SENDING)
app.command(ledgers.app)
app.command(goals.app)
app.command(tracking.app)
app.command(counters.app)
app.command(preparing.prepare, group=STEPS)
app.command(uploads.upload, group=STEPS)
app.command(uploads.track, group=STEPS)
app.command(joining.link, group=STEPS)
# Loaded when it is asked for: the receiver brings a web framework that no other command needs.
app.command(
    "visitjoin.cli.serving:serve",
    name="serve",
    group=RECEIVER,
    # A command that is not loaded would take the heading of the options of every command.
    group_parameters=Group.create_default_parameters(),
    help="Run a receiver: a service that speaks Metrica's API and joins conversions to visits.",
)
app.command(
    "visitjoin.cli.tokens:app",
    name="token",
    group=RECEIVER,
    help="Tokens of a receiver: create, list, revoke, and what was written with them.",
)
app.command(
    "visitjoin.cli.receiver:app",
    name="receiver",
    group=RECEIVER,
    help="A receiver's data: back it up, put it back, keep its tables in shape.",
)
app.command(sandbox.app)
app.command(
    "visitjoin.cli.forgetting:forget",
    name="forget",
    group=RECEIVER,
    group_parameters=Group.create_default_parameters(),
    help="Forget one visitor of a counter: hits and visits go, conversions no longer name them.",
)
app.command(visits.app)
app.command(uploads.outcomes, group=RECEIVER)
app.command(explaining.explain, group=RECEIVER)
app.command(visits.report, group=RECEIVER)
app.meta.group_parameters = EVERY_COMMAND
for flag in ("--help", "--version"):
    app[flag].group = EVERY_COMMAND


class LogFormat(StrEnum):
    """What remarks, errors and steps look like on standard error."""

    TEXT = "text"
    JSON = "json"


# The parser would end the process without a word: main says that nothing is lost.
app.suppress_keyboard_interrupt = app.meta.suppress_keyboard_interrupt = False


@app.meta.default
def run(
    *words: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    quiet: Annotated[bool, Parameter(negative=())] = False,
    log_format: Annotated[LogFormat, Parameter(env_var="VISITJOIN_LOG")] = LogFormat.TEXT,
) -> int | None:
    """Run a command, in the manner that is the same for all of them.

    Args:
        words: the command and what follows it.
        quiet: print only remarks and errors, and JSON where it is asked for.
        log_format: text, or json for one object a line on standard error: steps, remarks, errors.

    Returns the command's exit code.
    """
    manner.quiet = quiet
    manner.json_logs = log_format is LogFormat.JSON
    if manner.json_logs:
        logs.log_as_json()
    named = [STDIN if word == "-" else word for word in words]
    code: int | None = app(named, result_action="return_value")
    return code


_INTERRUPTED: Final = 130
"""As shells say it of a process that Ctrl-C ended: 128, and the number of the signal."""


def main(words: Sequence[str] | None = None) -> None:
    """Run a command, and end the process with its exit code.

    words: the command and what follows it; None: the arguments of the process.
    """
    stamina.instrumentation.set_on_retry_hooks([_tell_of_retry])
    try:
        code = app.meta(sys.argv[1:] if words is None else words, result_action="return_value")
    except VisitjoinError as error:
        remark_error(error)
        code = 2 if isinstance(error, SettingError) else 1
    except KeyboardInterrupt:
        remark("Interrupted. The next run goes on where this one stopped.")
        code = _INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone (`| head`): nothing is left to be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)


def _tell_of_retry(details: stamina.instrumentation.RetryDetails) -> None:
    remark(f"{str(details.caused_by).rstrip('.')}. Trying again in {details.wait_for:.1f} s.")
