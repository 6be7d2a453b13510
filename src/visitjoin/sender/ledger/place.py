"""Where a ledger lies: one file for each counter of each server.

Runs for different counters do not wait for each other, and a duplicate is looked for among the
conversions of its own counter.
"""

import re
from pathlib import Path

from platformdirs import user_state_path

from visitjoin.sender.api.client import Metrica


def ledger_of(metrica: Metrica) -> Path:
    """The file of a counter's ledger, in the folder where programs of this user keep their state.

    On Linux `~/.local/state/visitjoin`, or below `XDG_STATE_HOME`.
    """
    server = re.sub(r"[^a-z0-9.-]+", "-", metrica.transport.server.casefold())
    return user_state_path("visitjoin") / f"{server}-{metrica.counter_id}.duckdb"


def batches_beside(ledger: Path) -> Path:
    """The folder of the files of batches that may still have to be sent."""
    return ledger.with_suffix(".batches")
