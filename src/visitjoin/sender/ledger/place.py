"""Where a ledger lies: one file for each counter of each server.

Runs for different counters do not wait for each other, and a duplicate is looked for among the
conversions of its own counter.
"""

import os
import re
from pathlib import Path
from typing import Final

from platformdirs import user_state_path

VARIABLE: Final = "VISITJOIN_LEDGERS"
"""The environment variable that names the folder of the ledgers."""


def ledger_of(server: str, counter: int, folder: Path | None = None) -> Path:
    """The file of a counter's ledger.

    server: where the counter is, as `Metrica.server` says it. folder: of the ledgers; None for
    `VISITJOIN_LEDGERS` or else the folder where programs of this user keep their state
    (`~/.local/state/visitjoin` on Linux).
    """
    name = re.sub(r"[^a-z0-9.-]+", "-", server.casefold())
    return (folder or _default_folder()) / f"{name}-{counter}.duckdb"


def files_beside(ledger: Path) -> Path:
    """The folder of the files of batches that are on their way or may have to be sent again."""
    return ledger.with_suffix(".batches")


def _default_folder() -> Path:
    if named := os.environ.get(VARIABLE):
        return Path(named)
    return user_state_path("visitjoin", appauthor=False)
