"""`visitjoin forget`: one visitor. On the receiver's machine, over its folder and its lake."""

import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cyclopts import Parameter

from visitjoin.cli.connection import Json
from visitjoin.cli.console import remark, say, say_json
from visitjoin.cli.receiver import Stored
from visitjoin.contract.errors import SettingError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.plural import counted
from visitjoin.receiver.erasing import Forgotten, forget_visitor

Kind = Literal["client-id", "user-id"]


def forget(
    *,
    counter: int,
    kind: Kind = "client-id",
    identifier_file: Annotated[Path | None, Parameter(negative=())] = None,
    stored: Stored,
    json: Json = False,
) -> None:
    """Forget one visitor of a counter: hits and visits go, conversions no longer name them.

    The identifier is asked for, or read from standard input or a file: an argument could be read by
    everybody on the machine, and stays in the shell's history. The receiver may run.

    Args:
        counter: number of the counter.
        kind: what the identifier is; a UserID stands for every ClientID that was seen with it.
        identifier_file: a file with the identifier, and nothing else; - for standard input.
        stored: the receiver's data.
        json: print JSON.
    """
    identifier = _identifier(kind, identifier_file)
    named = IdentifierKind(kind.upper().replace("-", "_"))
    forgotten = forget_visitor(stored.settings, counter, named, identifier)
    if json:
        say_json(msgspec.to_builtins(forgotten))
        return
    _tell(forgotten, kind)


def _tell(forgotten: Forgotten, kind: Kind) -> None:
    if forgotten.is_nothing:
        say(f"Nothing was kept of that visitor. Is it the right counter, and a {kind}?")
        return
    rows = forgotten.rows
    say(f"Removed: {counted(rows.hits, 'hit')}, {counted(rows.visits, 'visit')}.")
    say(
        f"Kept without a name: {counted(rows.conversions, 'conversion')}, "
        f"{counted(rows.rejected_rows, 'rejected row')}, "
        f"{counted(forgotten.corrections, 'correction')}."
    )
    remark(
        "Backups still have it, and so has whoever sent the conversions. A browser that keeps its "
        "cookie comes back under the same ClientID."
    )


def _identifier(kind: Kind, file: Path | None) -> str:
    if file is not None:
        try:
            identifier = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"{file} cannot be read as a file of one {kind}.") from error
    elif sys.stdin.isatty():
        identifier = getpass(f"The {kind} (it is not shown): ").strip()
    else:
        identifier = sys.stdin.readline().strip()
    if not identifier:
        raise SettingError(f"No {kind} was given, so nothing was done.")
    return identifier
