"""A ledger is put aside, so that everything is sent anew."""

from datetime import datetime
from pathlib import Path
from shutil import rmtree

from visitjoin.disk.durable import sync
from visitjoin.sender.ledger.ledger import Owner, open_held
from visitjoin.sender.ledger.lock import held
from visitjoin.sender.ledger.place import files_beside


def forget(path: Path, owner: Owner, *, now: datetime) -> Path:
    """Put a ledger aside, in the place of one that was put there before.

    The files of its batches go: they name people, and nothing will send them. path: of the ledger.
    owner: whose it must be. now: aware.

    Returns where it lies. Raises LedgerError where another process holds it, or it cannot be
    opened.
    """
    aside = path.with_suffix(".forgotten")
    with held(path, now=now):
        with open_held(path, owner):
            # Opened and closed, it is whole without DuckDB's log beside it.
            pass
        path.replace(aside)
        rmtree(files_beside(path), ignore_errors=True)
        sync(path.parent)
    return aside
