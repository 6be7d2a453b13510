"""Is a ledger whole? Everything that is promised of one and can be looked up in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb
from msgspec import Struct
from msgspec.structs import replace

from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import State
from visitjoin.sender.ledger.ledger import Ledger
from visitjoin.sender.ledger.schema import version_of
from visitjoin.sender.ledger.texts import first_line, text_of


class Check(Struct, frozen=True, kw_only=True):
    """Something that was checked."""

    what: str
    """What must be so, and how much of it there is."""
    faults: tuple[str, ...]
    """What is not so; empty where all is well."""
    advice: str = ""
    """What to do about it."""


def verify(ledger: Ledger, *, files: Path | None = None) -> tuple[Check, ...]:
    """Check a ledger that is open. files: of its batches; None for the folder beside it.

    Returns what was checked, up to what cannot be read at all.
    """
    readable = _blocks(ledger)
    if readable.faults:
        return (readable,)
    try:
        return (
            readable,
            Check(what=f"its version is {version_of(ledger.engine)}, this program's", faults=()),
            _numbers(ledger),
            _answers(ledger),
            _rows(ledger),
            _days(ledger),
            _files(ledger, files or ledger.files),
        )
    except duckdb.Error as error:
        # Reading every column does not read every block: some hold what only a query needs.
        return (replace(readable, faults=(first_line(error),)),)


def _blocks(ledger: Ledger) -> Check:
    """DuckDB keeps a checksum of each block, and looks at it whenever the block is read."""
    faults, rows = [], 0
    tables = ledger.engine.execute(
        "select table_name from duckdb_tables() where database_name = current_catalog() "
        "and not temporary order by table_name"
    ).fetchall()
    for (table,) in tables:
        try:
            # Hashing a row needs each of its columns; counting rows would read none.
            ((count, _),) = ledger.engine.execute(
                f'select count(*), bit_xor(hash(whole_row)) from "{table}" as whole_row'  # noqa: S608 - our tables
            ).fetchall()
            rows += count
        except duckdb.Error as error:
            faults.append(f"table {table}: {first_line(error)}")
    return Check(
        what=f"every block can be read: {len(tables):,} tables, {rows:,} rows",
        faults=tuple(faults),
        advice=_PUT_BACK,
    )


def _numbers(ledger: Ledger) -> Check:
    ((count,),) = ledger.engine.execute("select count(*) from batches").fetchall()
    return Check(
        what=f"no number, id or uploading belongs to two batches: {count:,} batches",
        faults=tuple(
            f"{name} {value} belongs to {times} batches"
            for name, value, times in _asked(ledger, "batches_that_stand_twice.sql")
        ),
        advice=_PUT_BACK,
    )


def _answers(ledger: Ledger) -> Check:
    answered = [
        batch
        for batch in batches.all_batches(ledger)
        if batch.state in (State.ACCEPTED, State.DONE)
    ]
    return Check(
        what=f"every batch that was accepted has its uploading: {len(answered):,} batches",
        faults=tuple(
            f"batch {batch.number} ({batch.id}) is {batch.state} and has no uploading"
            for batch in answered
            if batch.uploading is None
        ),
        advice=_PUT_BACK,
    )


def _rows(ledger: Ledger) -> Check:
    ((count,),) = ledger.engine.execute("select count(*) from sent").fetchall()
    wrong = [
        f"batch {number} ({batch}) was sent with {expected:,} rows, and {found:,} are recorded"
        for number, batch, expected, found in _asked(ledger, "rows_that_do_not_add_up.sql")
    ]
    strangers = [
        f"{rows:,} rows are of batch {number}, which does not exist"
        for number, rows in _asked(ledger, "rows_without_a_batch.sql")
    ]
    return Check(
        what=f"the rows of every batch add up: {count:,} rows",
        faults=(*wrong, *strangers),
        advice=_PUT_BACK,
    )


def _days(ledger: Ledger) -> Check:
    ((counted, without),) = ledger.engine.execute(
        "select count(*) filter (known), count(*) filter (not known) from (select batch_no in "
        "(select batch_no from daily) as known from batches where state in ('done', 'given_up'))"
    ).fetchall()
    told = f"; {without:,} without, as their files were gone" if without else ""
    return Check(
        what=f"the rows by day add up: {counted:,} batches{told}",
        faults=tuple(
            f"batch {number} ({batch}) has {expected:,} rows to count by day, and {found:,} are"
            for number, batch, expected, found in _asked(ledger, "days_that_do_not_add_up.sql")
        ),
        advice=_PUT_BACK,
    )


def _files(ledger: Ledger, folder: Path) -> Check:
    left = batches.unfinished(ledger)
    return Check(
        what=f"the files of batches on their way are there: {len(left):,} files",
        faults=tuple(
            f"that of batch {batch.number} ({batch.id}, {batch.state}, {batch.rows:,} rows) {fault}"
            for batch in left
            for fault in _faults_of_file(folder / f"{batch.id}.csv", batch.bytes)
        ),
        advice=(
            f"Put the file back into {folder} from a copy of that folder. Where there is none, "
            f"{_LAST_RESORT}"
        ),
    )


def _faults_of_file(file: Path, size: int) -> Iterator[str]:
    if not file.exists():
        yield "is not there"
    elif (found := file.stat().st_size) != size:
        yield f"has {found:,} bytes and not {size:,}"


def _asked(ledger: Ledger, query: str) -> list[tuple[object, ...]]:
    return ledger.engine.execute(text_of(query)).fetchall()


_LAST_RESORT: Final = (
    "move the ledger away and begin afresh: what is then sent again, the API takes as the same "
    "conversions."
)
_PUT_BACK: Final = (
    "Put back a copy of the ledger, or import an export: visitjoin ledger import FILE. Where there "
    f"is none, {_LAST_RESORT}"
)
