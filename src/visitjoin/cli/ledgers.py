"""`visitjoin ledger`: export, import, verify, forget. None talks to a server or needs a token."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from visitjoin.cli.connection import Json, Ledgers, Owned
from visitjoin.cli.console import say, say_json
from visitjoin.cli.groups import SENDING
from visitjoin.cli.writing import check_outputs
from visitjoin.contract.clock import system_clock
from visitjoin.contract.errors import LedgerError
from visitjoin.contract.plural import counted
from visitjoin.sender.ledger.exporting import export
from visitjoin.sender.ledger.forgetting import forget
from visitjoin.sender.ledger.importing import kept_aside, take_in
from visitjoin.sender.ledger.instance import forget_instance
from visitjoin.sender.ledger.ledger import open_ledger
from visitjoin.sender.ledger.portable import Manifest
from visitjoin.sender.ledger.verify import Check, verify

app = App(
    name="ledger",
    help="The ledger of what was sent: back it up, move it, check, forget.",
    group=SENDING,
)

Switch = Annotated[bool, Parameter(negative=())]


@app.command(name="export")
def export_ledger(
    file: Path, /, *, ledgers: Ledgers = None, owned: Owned, json: Json = False
) -> None:
    """Write everything that the ledger knows, to be kept or taken to another machine.

    Args:
        file: a .zip, which takes the place of an older one, or a new folder.
        ledgers: folder of the ledgers of what was sent.
        owned: server and counter.
        json: print JSON.
    """
    check_outputs(FILE=file)
    now = system_clock()
    with open_ledger(_existing(owned, ledgers), owned.owner, now=now) as ledger:
        manifest = export(ledger, owned.owner, file, now=now)
    if json:
        say_json(manifest)
    else:
        say(f"{_told(manifest)} -> {file}")


@app.command(name="import")
def import_ledger(
    file: Path,
    /,
    *,
    force: Switch = False,
    ledgers: Ledgers = None,
    owned: Owned,
    json: Json = False,
) -> None:
    """Make an export the ledger of the counter; the ledger that is there is kept beside it.

    Args:
        file: the .zip or the folder that `visitjoin ledger export` wrote.
        force: also where the ledger knows more than the export, or cannot be opened.
        ledgers: folder of the ledgers of what was sent.
        owned: server and counter.
        json: print JSON.
    """
    path = owned.ledger(ledgers)
    was_there = path.exists()
    manifest = take_in(file, path, owned.owner, now=system_clock(), force=force)
    if json:
        say_json(manifest)
        return
    say(f"{_told(manifest)}, exported {manifest.made_at:%Y-%m-%d %H:%M} UTC -> {path}")
    if was_there:
        say(f"The ledger that was there is kept: {kept_aside(path)}")


@app.command(name="verify")
def verify_ledger(*, ledgers: Ledgers = None, owned: Owned, json: Json = False) -> int:
    """Check that the ledger is whole. Ends with 1 where it is not, and says what to do.

    Args:
        ledgers: folder of the ledgers of what was sent.
        owned: server and counter.
        json: print JSON.
    """
    path = _existing(owned, ledgers)
    with open_ledger(path, owned.owner, now=system_clock()) as ledger:
        checks = verify(ledger)
    if json:
        say_json(checks)
    else:
        say(f"Ledger {path}")
        for check in checks:
            _say(check)
    return 1 if any(check.faults for check in checks) else 0


@app.command(name="forget")
def forget_ledger(
    *, instance_only: Switch = False, ledgers: Ledgers = None, owned: Owned, json: Json = False
) -> None:
    """Put the ledger aside, so that the next send sends everything anew, as to a new receiver.

    Args:
        instance_only: forget only which receiver it was: its data was moved, and is still there.
        ledgers: folder of the ledgers of what was sent.
        owned: server and counter.
        json: print JSON.
    """
    path, now = _existing(owned, ledgers), system_clock()
    if instance_only:
        with open_ledger(path, owned.owner, now=now) as ledger:
            forget_instance(ledger)
        told = "The next run takes the receiver that answers for the one that was sent to."
    else:
        path = forget(path, owned.owner, now=now)
        told = f"The next send begins anew. What was known until now is kept: {path}"
    if json:
        say_json({"ledger": str(path)})
    else:
        say(told)


def _say(check: Check) -> None:
    say(f"  {'wrong' if check.faults else 'ok   '}  {check.what}")
    for fault in check.faults:
        say(f"         {fault}")
    if check.faults:
        say(f"         {check.advice}")


def _existing(owned: Owned, ledgers: Path | None) -> Path:
    path = owned.ledger(ledgers)
    if not path.exists():
        raise LedgerError(
            "There is none: nothing was sent to this counter from here. Is it another --counter, "
            "--api or --ledgers?",
            path=path,
        )
    return path


def _told(manifest: Manifest) -> str:
    rows = {part.table: part.rows or 0 for part in manifest.parts if part.table}
    files = sum(part.table is None for part in manifest.parts)
    return (
        f"{rows.get('sent', 0):,} conversions in {rows.get('batches', 0):,} batches, "
        f"{counted(files, 'file')} of batches"
    )
