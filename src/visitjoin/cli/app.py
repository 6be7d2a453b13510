"""The command `visitjoin`: its commands, and how an error ends it.

Exit codes: 0 done; 1 it failed; 2 wrong usage or setting; 3 done, but some rows were rejected or
not linked and --strict was given.
"""

import os
import sys

import stamina
from cyclopts import App

from visitjoin.cli import (
    counters,
    demo,
    goals,
    joining,
    ledgers,
    preparing,
    sending,
    tracking,
    uploads,
    visits,
)
from visitjoin.cli.console import remark
from visitjoin.contract.errors import SettingError, VisitjoinError
from visitjoin.contract.version import __version__

app = App(
    name="visitjoin",
    help=(
        "Joins what happens after the click (an order paid, a deal closed) to the visit that "
        "brought it: offline conversions for Yandex.Metrica, or for a receiver of your own. "
        "Begin with `visitjoin demo`."
    ),
    version=__version__,
    help_epilogue=(
        "Exit codes: 0 done; 1 it failed; 2 wrong usage; 3 done, but some rows were rejected or "
        "not linked and --strict was given. The token is read from VISITJOIN_TOKEN or a file, "
        "never from an argument."
    ),
)
app.command(demo.demo)
app.command(sending.send)
app.command(preparing.prepare)
app.command(sending.check)
app.command(uploads.upload)
app.command(uploads.track)
app.command(uploads.history)
app.command(ledgers.app)
app.command(goals.app)
app.command(tracking.app)
app.command(counters.app)
# Loaded when it is asked for: the receiver brings a web framework that no other command needs.
app.command("visitjoin.cli.serving:serve", name="serve")
app.command(visits.app)
app.command(uploads.outcomes)
app.command(visits.report)
app.command(joining.link)


def main() -> None:
    """Run the command that the arguments name, and end the process with its exit code."""
    stamina.instrumentation.set_on_retry_hooks([_tell_of_retry])
    try:
        code = app(result_action="return_value")
    except VisitjoinError as error:
        remark(str(error))
        code = 2 if isinstance(error, SettingError) else 1
    except BrokenPipeError:
        # Whoever read the output has gone (`| head`): nothing is left to be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)


def _tell_of_retry(details: stamina.instrumentation.RetryDetails) -> None:
    remark(f"{details.caused_by}. Trying again in {details.wait_for:.0f} s.")
