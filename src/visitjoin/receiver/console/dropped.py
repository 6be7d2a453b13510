"""What is in a table that somebody dropped onto the page, before any of it is uploaded?

The sender's own checks run over it, here: any table that it reads is taken, also one with a CRM's
column names. What is uploaded then are the rows that passed, in the API's form.
"""

import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import duckdb
import msgspec
from msgspec import Struct

from visitjoin.contract.columns import IDENTIFIER_COLUMNS, Column
from visitjoin.contract.counters import Counter
from visitjoin.contract.errors import SourceError
from visitjoin.contract.said import Said
from visitjoin.contract.uploads import LONGEST_COMMENT, UploadType, fault_of_comment
from visitjoin.prepare.sources.archives import is_gzip, is_zip_of_files
from visitjoin.prepare.sources.files import format_of
from visitjoin.receiver.console.assumed import said_of
from visitjoin.receiver.console.kinds import Kind
from visitjoin.receiver.refusals import refused_file
from visitjoin.receiver.work.spool import Folder

EXAMPLES: Final = 3

KEPT_FOR: Final = timedelta(hours=1)
"""How long a checked table waits for its upload: long enough to ask a colleague."""

_LARGEST_WORKBOOK: Final = 200_000_000
"""Bytes that a workbook may unpack to: it is read whole, into memory."""

_MAY_LACK: Final = (*IDENTIFIER_COLUMNS, Column.PRICE, Column.CURRENCY)
"""The columns of which a table need not have each."""

FORMATS: Final = ("csv", "tsv", "xlsx")
"""Of what people have on their desks; a workbook is unpacked by its reader, nothing else is."""


class Example(Struct, frozen=True):
    """A cell that broke a rule."""

    line: int | None
    column: str | None
    value: str | None


class Rejected(Struct, frozen=True):
    """Rows that were rejected for one reason."""

    reason: str
    rows: int
    examples: tuple[Example, ...]


class OfTarget(Struct, frozen=True):
    """Rows of one Target and currency that are about to be uploaded; see checked_rows.sql."""

    target: str
    currency: str
    rows: int
    money: Decimal
    older: int
    first_moment: int
    last_moment: int


class Findings(Struct, frozen=True, kw_only=True):
    """What a check has found. rows = accepted + rejected."""

    counter_id: int
    type: UploadType = UploadType.BASIC
    """What its rows are. Of a check that an earlier version made, conversions."""
    token_name: str
    """Whose check it is: nobody else uploads it."""
    checked_at: int
    """Unix seconds."""
    file_name: str
    rows: int
    accepted: int
    rejected: tuple[Rejected, ...]
    columns: dict[str, str]
    """The header that was taken for each of the API's columns."""
    unknown_currency: int
    repeated: int
    """Accepted rows whose conversion stands in a later row."""
    assumed: tuple[Said, ...] = ()
    """What the table was taken for, to be read."""
    targets: tuple[OfTarget, ...]
    cut_off: int
    """Unix seconds: before it no visit is joined."""

    @property
    def older(self) -> int:
        """Accepted rows that happened before the cut-off."""
        return sum(target.older for target in self.targets)


class NotChecked(Exception):  # noqa: N818 - an answer to who dropped it
    """A file that could not be checked. `why` is one of the page's own words, or a sentence."""

    def __init__(self, why: str, message: str = "") -> None:
        self.why = why
        self.message = message
        super().__init__(why)


def check(
    folder: Folder,
    name: str,
    *,
    kind: Kind,
    counter: Counter,
    token_name: str,
    now: datetime,
    since: datetime,
) -> Findings:
    """Check the file in a folder, and keep there what was found and what is to be uploaded.

    name: of the file, as the browser gave it. kind: what its rows are. now,
    since: aware; since: the cut-off.

    Raises NotChecked where it cannot be read.
    """
    format_ = format_of(name)
    if format_ not in FORMATS or is_gzip(folder.source) or is_zip_of_files(folder.source):
        raise NotChecked("format")
    if format_ == "xlsx" and _unpacked(folder.source) > _LARGEST_WORKBOOK:
        raise NotChecked("workbook")
    try:
        prepared = kind.prepare(
            folder.source,
            conversions=folder.conversions if kind.written_by else folder.checked,
            rejects=folder.rejects,
            now=now,
            zone=ZoneInfo(counter.time_zone_name),
            format=format_,
        )
    except SourceError as error:
        raise NotChecked("table", refused_file(error).fault.message) from error
    if kind.written_by:
        _write(kind.written_by, folder)
    targets, repeated = _in_rows(folder.checked, since, kind)
    found = Findings(
        counter_id=counter.id,
        type=kind.type,
        token_name=token_name,
        checked_at=int(now.timestamp()),
        file_name=_as_comment(name),
        rows=prepared.rows,
        accepted=prepared.accepted,
        rejected=_rejected(folder.rejects),
        columns={column.value: header for column, header in prepared.columns.items()},
        unknown_currency=prepared.unknown_currency,
        assumed=tuple(said_of(prepared.warnings, folder.source)),
        targets=targets,
        repeated=repeated,
        cut_off=int(since.timestamp()),
    )
    folder.findings.write_bytes(msgspec.json.encode(found))
    return found


def findings(spool: Path, id_: str) -> tuple[Folder, Findings] | None:
    """What a check has found, by the name of its folder; None where it is not there any more."""
    # A name that was given by a browser is looked for among those that there are.
    return next((known for known in _checks(spool) if known[0].name == id_), None)


def clear(spool: Path, *, now: datetime) -> None:
    """Remove the checks that nobody came back to. now: aware."""
    oldest = (now - KEPT_FOR).timestamp()
    for folder, found in _checks(spool):
        if found.checked_at < oldest:
            folder.remove()


def _checks(spool: Path) -> Iterator[tuple[Folder, Findings]]:
    """All checks that wait."""
    for path in spool.glob("*/findings.json"):
        with suppress(FileNotFoundError):  # removed while we look
            yield Folder(path.parent), msgspec.json.decode(path.read_bytes(), type=Findings)


def _write(query: str, folder: Folder) -> None:
    """Write the rows that passed in the API's form."""
    with duckdb.connect() as connection:
        asked = {"file": str(folder.conversions)}
        connection.sql(_query(query), params=asked).write_csv(str(folder.checked), header=True)


def _in_rows(checked: Path, since: datetime, kind: Kind) -> tuple[tuple[OfTarget, ...], int]:
    """What the rows to upload are about, and how many of them stand in a later row again."""
    with duckdb.connect() as connection:
        rows = connection.read_csv(str(checked), all_varchar=True, header=True, sep=",")
        lacking = [f'null as "{name}"' for name in _MAY_LACK if name not in rows.columns]
        if kind.target is not None:
            lacking.append(f"'{kind.target}' as \"{Column.TARGET}\"")
        rows.project(", ".join(["*", *lacking])).create_view("checked")
        asked = {"cut_off": int(since.timestamp())}
        found = connection.execute(_query("checked_rows"), asked).fetchall()
        ((repeated,),) = connection.execute(_query("repeated")).fetchall()
    return tuple(OfTarget(*row) for row in found), repeated


def _rejected(rejects: Path) -> tuple[Rejected, ...]:
    with duckdb.connect() as connection:
        asked = {"file": str(rejects), "most": EXAMPLES}
        found = connection.execute(_query("examples"), asked).fetchall()
    return tuple(
        Rejected(reason, rows, tuple(Example(**example) for example in examples))
        for reason, rows, examples in found
    )


def _query(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")


def _unpacked(path: Path) -> int:
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        return 0  # its reader says what is wrong with it


def _as_comment(name: str) -> str:
    """A file's name as a comment may have it."""
    short = name[:LONGEST_COMMENT]
    return "".join("_" if fault_of_comment(sign) else sign for sign in short)
