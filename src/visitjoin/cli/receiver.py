"""`visitjoin receiver`: back up, restore, compact. On its machine, over its folder and its lake."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from visitjoin.cli.catalogs import Kept, catalog_url
from visitjoin.cli.connection import Json
from visitjoin.cli.console import say, say_json, say_table
from visitjoin.cli.groups import RECEIVER, SERVER
from visitjoin.receiver import Settings
from visitjoin.receiver.backup.restoring import Restored
from visitjoin.receiver.backup.restoring import restore as restore_receiver
from visitjoin.receiver.backup.taking import back_up
from visitjoin.receiver.upkeep import REPLACED, Upkeep, tend

app = App(
    name="receiver",
    help="A receiver's data: back it up, put it back, keep its tables in shape.",
    group=RECEIVER,
)

Lake = Annotated[str | None, Parameter(env_var="VISITJOIN_LAKE")]
"""The option that names the folder or object store of the Delta tables."""

_HOUR = timedelta(hours=1)


@Parameter(name="*", group=SERVER)
@dataclass(frozen=True, kw_only=True)
class Stored(Kept):
    """Everything that a receiver keeps, as `visitjoin serve` was told to keep it."""

    lake: Lake = None
    """folder or s3://bucket/prefix of its Delta tables, as serve has it; default in --data."""

    @property
    def settings(self) -> Settings:
        """The receiver's settings."""
        return Settings(data=self.data, catalog_url=catalog_url(), lake_url=self.lake)


@app.command
def backup(into: Path, /, *, stored: Stored, json: Json = False) -> None:
    """Copy everything that a receiver keeps; it may run meanwhile.

    A catalog in PostgreSQL is not in it: dump it first, with pg_dump.

    Args:
        into: a new folder.
        stored: the receiver's data.
        json: print JSON.
    """
    manifest = back_up(stored.settings, into)
    if json:
        say_json(manifest)
        return
    say(f"{len(manifest.files):,} files, {manifest.bytes:,} bytes -> {into}")
    if manifest.catalog != "sqlite":
        say("The catalog is not among them: keep the pg_dump that you made before with them.")


@app.command
def restore(backup: Path, /, *, stored: Stored, json: Json = False) -> int:
    """Put a backup into an empty place, and look for every row. Ends with 1 where one is missing.

    Args:
        backup: the folder that `visitjoin receiver backup` wrote.
        stored: where the receiver is to work: a new folder, and a lake without tables.
        json: print JSON.
    """
    restored = restore_receiver(backup, stored.settings)
    if json:
        say_json(restored)
    else:
        _tell(restored)
    return 1 if restored.checked.faults else 0


@app.command
def compact(
    *,
    stored: Stored,
    keep_days: int | None = None,
    replaced_hours: float = REPLACED / _HOUR,
    json: Json = False,
) -> None:
    """Join the small files of the tables into large ones; the receiver may run meanwhile.

    Args:
        stored: the receiver's data.
        keep_days: forget the rows of uploadings that were accepted earlier, and visits that began
            21 days before that; default nothing is forgotten. At least 21.
        replaced_hours: how long a file that was replaced stays for who still reads it.
        json: print JSON.
    """
    upkeep = Upkeep(
        keep=None if keep_days is None else timedelta(days=keep_days),
        replaced=timedelta(hours=replaced_hours),
    )
    tended = tend(stored.settings, upkeep)
    if json:
        say_json(tended)
        return
    say_table(
        ("table", "files before", "now", "old files removed"),
        (list(asdict(table).values()) for table in tended),
    )


def _tell(restored: Restored) -> None:
    checked = restored.checked
    say(f"The backup of {restored.manifest.made_at:%Y-%m-%d %H:%M} UTC is in place:")
    say(f"  {checked.uploadings:,} uploadings with {checked.rows:,} rows,")
    say(f"  {checked.on_their_way:,} of them on their way: the receiver carries them on.")
    if checked.forgotten:
        say(f"  The rows of {checked.forgotten:,} were removed earlier, by compact --keep-days.")
    if restored.taken_out:
        say(f"  {restored.taken_out:,} came too late for this backup: their senders send again.")
    for fault in checked.faults:
        say(f"  wrong  {fault}")
    if not checked.faults:
        say("  Every row is there.")
