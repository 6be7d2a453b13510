"""The ledger's tables, made and brought up to date by numbered SQL files.

DuckDB has no tool of its own for this, and those for other databases do not know it. A file runs
in one transaction with the note that it ran, so a ledger has a version and never half of one.
"""

from importlib.resources import files
from pathlib import Path
from typing import Final

import duckdb

from visitjoin.contract.errors import LedgerError

_MIGRATIONS: Final = sorted(
    (file for file in files(__package__).joinpath("migrations").iterdir() if file.is_file()),
    key=lambda file: file.name,
)

NEWEST: Final = len(_MIGRATIONS)
"""The version of a ledger that this program writes."""


def bring_up_to_date(engine: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Run every migration that has not run yet. path: of the ledger, for messages.

    Raises LedgerError where a newer program wrote the ledger.
    """
    engine.execute("create table if not exists migrations (version integer primary key)")
    version = version_of(engine)
    if version > NEWEST:
        raise LedgerError(
            f"Written by a newer visitjoin: its version is {version}, and this program knows "
            f"{NEWEST}. Upgrade visitjoin.",
            path=path,
        )
    for number, migration in enumerate(_MIGRATIONS[version:], start=version + 1):
        engine.begin()
        engine.execute(migration.read_text(encoding="utf-8"))
        engine.execute("insert into migrations values ($1)", [number])
        engine.commit()


def version_of(engine: duckdb.DuckDBPyConnection) -> int:
    """The version of an open ledger; 0 for one without tables."""
    (version,) = engine.execute("select coalesce(max(version), 0) from migrations").fetchall()[0]
    return int(version)
