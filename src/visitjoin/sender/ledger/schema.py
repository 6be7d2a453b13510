"""The ledger's tables, made and brought up to date by numbered SQL files.

DuckDB has no tool of its own for this, and those for other databases do not know it. A file runs
in one transaction with the note that it ran, so a ledger has a version and never half of one.

Before a ledger that is in use is changed, it is copied beside itself. The transaction is enough
against a crash; the copy is for going back to the earlier program, which refuses a newer ledger.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import duckdb

from visitjoin.contract.errors import LedgerError
from visitjoin.disk.durable import sync
from visitjoin.sender.ledger.texts import first_line

MIGRATIONS: Final = files(__package__).joinpath("migrations")
"""The folder of the SQL files, whose order is that of their names."""


def _in_order(migrations: Traversable) -> list[Traversable]:
    found = (file for file in migrations.iterdir() if file.name.endswith(".sql"))
    return sorted(found, key=lambda file: file.name)


NEWEST: Final = len(_in_order(MIGRATIONS))
"""The version of a ledger that this program writes."""


def bring_up_to_date(
    engine: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    migrations: Traversable = MIGRATIONS,
    up_to: int | None = None,
) -> None:
    """Run every migration that has not run yet.

    path: of the ledger, beside which a copy of it is kept where it had a version before.
    migrations: the folder of their files. up_to: the version to stop at; None for the newest.

    Raises LedgerError where a newer program wrote the ledger, and where a migration fails; the
    ledger is then whole and of the version before it.
    """
    engine.execute("create table if not exists migrations (version integer primary key)")
    version = version_of(engine)
    steps = _in_order(migrations)[:up_to]
    if version > len(steps):
        raise LedgerError(
            f"Written by a newer visitjoin: its version is {version}, and this program knows "
            f"{len(steps)}. Upgrade visitjoin.",
            path=path,
        )
    if 0 < version < len(steps):
        _keep_a_copy(engine, path, version)
    for number, migration in enumerate(steps[version:], start=version + 1):
        _migrate(engine, path, number, migration)


def version_of(engine: duckdb.DuckDBPyConnection) -> int:
    """The version of an open ledger; 0 for one without tables."""
    (version,) = engine.execute("select coalesce(max(version), 0) from migrations").fetchall()[0]
    return int(version)


def copy_of_version(ledger: Path, version: int) -> Path:
    """Where the copy lies that was made before a ledger of this version was changed."""
    return ledger.with_suffix(f".v{version}.backup")


def _migrate(
    engine: duckdb.DuckDBPyConnection, path: Path, number: int, migration: Traversable
) -> None:
    engine.begin()
    try:
        engine.execute(migration.read_text(encoding="utf-8"))
        engine.execute("insert into migrations values ($1)", [number])
        engine.commit()
    except duckdb.Error as error:
        engine.rollback()
        raise LedgerError(
            f"It could not be brought to version {number} ({first_line(error)}). It is "
            f"unchanged and of version {number - 1}: use the earlier visitjoin, and report this.",
            path=path,
        ) from error


def _keep_a_copy(engine: duckdb.DuckDBPyConnection, path: Path, version: int) -> None:
    copy = copy_of_version(path, version)
    part = copy.with_suffix(".part")
    part.unlink(missing_ok=True)
    ((ours,),) = engine.execute("select current_catalog()").fetchall()
    quoted = str(part).replace("'", "''")
    try:
        engine.execute(f"attach '{quoted}' as kept")
        try:
            engine.execute(f'copy from database "{ours}" to kept')
        finally:
            engine.execute("detach kept")
    except duckdb.Error as error:
        part.unlink(missing_ok=True)
        raise LedgerError(
            f"It must be brought to a newer version, and the copy of it that is kept for going "
            f"back cannot be written ({first_line(error)}). Make room on the disk.",
            path=path,
        ) from error
    part.chmod(0o600)
    sync(part)
    part.replace(copy)
    sync(copy.parent)
