"""How does a catalog get the tables of this program, whatever version wrote it?

By Alembic: each version has a step in `migrations/versions`, a new catalog goes through all of
them, and the database notes how far it came. All steps that are due run in one transaction, so a
catalog never has half of them. Whoever comes second waits, and finds nothing left to do.
"""

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from visitjoin.contract.errors import SettingError

_LOCK: Final = {
    "sqlite": "begin immediate",
    "postgresql": "select pg_advisory_xact_lock(7265636569766572)",  # any number, always the same
}
"""Lets one process migrate at a time; gone with the transaction."""


def migrate(catalog: Engine) -> None:
    """Bring a catalog, which may be empty, up to this program's tables.

    Safe when several processes do so at once. Raises SettingError where the tables are of a newer
    version of the program.
    """
    with catalog.begin() as connection:
        connection.exec_driver_sql(_LOCK[catalog.dialect.name])
        config = _config(connection)
        _take_over(connection, config)
        _check_known(connection, config)
        command.upgrade(config, "head")


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", f"{__package__}:migrations")
    return config


def _check_known(connection: Connection, config: Config) -> None:
    version = MigrationContext.configure(connection).get_current_revision()
    steps = ScriptDirectory.from_config(config)
    known = {step.revision for step in steps.walk_revisions()}
    if version is not None and version not in known:
        raise SettingError(
            f"The catalog has the tables of version {version}; this program knows those up to "
            f"{steps.get_current_head()}. Run the program that wrote it, or a newer one."
        )


def _take_over(connection: Connection, config: Config) -> None:
    """Versions 1 and 2 noted their number in a table of their own."""
    known = inspect(connection)
    if known.has_table("schema_version") and not known.has_table("alembic_version"):
        version = connection.scalar(text("select version from schema_version"))
        command.stamp(config, str(version))
        connection.execute(text("drop table schema_version"))
