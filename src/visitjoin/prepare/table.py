"""From any table of a CRM or a shop to checked conversions and rejected rows."""

from collections import Counter
from collections.abc import Mapping as ReadOnlyDict
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from shutil import rmtree
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SourceError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.reasons import Reason
from visitjoin.disk.scratch import scratch
from visitjoin.disk.whole import whole
from visitjoin.prepare.cells import text_of
from visitjoin.prepare.check import as_conversions, as_written, read_schema, read_usually
from visitjoin.prepare.mapping import Mapping
from visitjoin.prepare.pieces import (
    Checked,
    Piece,
    Write,
    all_columns,
    all_rejects,
    all_sound,
    as_pieces,
    called,
    keep_sound,
    new_folder,
    warnings_of,
)
from visitjoin.prepare.plan import Plan, plan_columns
from visitjoin.prepare.rejects import count_reasons, first_line, keep_rejects, write_rejects
from visitjoin.prepare.rules import Terms
from visitjoin.prepare.sources import (
    OVERFLOW,
    Found,
    Source,
    Table,
    found_in,
    name_of,
    read_somehow,
)
from visitjoin.prepare.split import Splitter
from visitjoin.prepare.times import Way, usual_way, ways_of_writing, written_in

_SAMPLE: Final = 1000
"""Rows from which the usual way of writing moments is seen."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What became of a table's rows. rows = accepted + rejected + left_out; blank ones are none."""

    rows: int
    accepted: int
    rejected: int
    left_out: int
    """By the mapping: its filter, or a value to which it gives no Target."""
    rejected_by_reason: ReadOnlyDict[Reason, int]
    columns: ReadOnlyDict[Column, str]
    """The header that was taken for each column; several are joined by `, `. Of several pieces it
    is that of the first one that has the column."""
    unknown_currency: int
    """Accepted rows whose currency is not known: their price and currency became null."""
    first_line: int | None
    """The line of row 1, where each row is one line; None where a value holds a line break, and
    where there are several pieces."""
    pieces: tuple[Piece, ...] = ()
    """The files that the rows came from, in the order of `row_no`; one where there is one."""
    warnings: tuple[str, ...] = ()
    """What was assumed to read the table: a detected encoding, a separator, a sheet."""


def prepare(
    source: Source,
    *,
    conversions: Path,
    rejects: Path | None,
    now: datetime,
    zone: ZoneInfo | None = None,
    only: IdentifierKind | None = None,
    mapping: Mapping | None = None,
    format: str | None = None,  # noqa: A002 - the user's word for it
    plain: bool = False,
) -> Prepared:
    """Check and normalise a table. Each row ends as a conversion or as a rejection with a reason.

    source: a file with a header, by its path; `-` for standard input; a pattern of files; several
        of these; `Files`, which also say how they are written; a `Query`; a frame of Polars or
        pandas or another one of Arrow's columns. A file is CSV, TSV, XLSX, Parquet or JSON Lines,
        or a gzip or zip of these. Several files, and a zip's, are read as one table, sorted by
        name; each has its own header.
    conversions: the file to write; `.csv` for the API's form, `.parquet` for the columns of
        `contract.tables.CONVERSION`, and the key where the mapping names one.
    rejects: the file of rejected rows; `.csv` with line, column, value, reason and message,
        `.parquet` for the columns of `contract.tables.REJECT`; None to only count them. Where
        there are several pieces, `file` names the one that the line is of.
    now: aware; what happened later is in the future.
    zone: of local times, where the mapping names none; without any, rows with local times are
        rejected.
    only: the one kind of identifier asked for (older generation); None takes any mix.
    mapping: how to read the table, where the names of its columns do not say it.
    format: csv, tsv, xlsx, parquet or jsonl; None to go by the name's ending.
    plain: whether the source is one file that must be as the API takes it: a Path, UTF-8, nothing
        unpacked, no encoding detected. For files that others send.

    Memory does not grow with the number of rows, except of a workbook and of a frame in memory.
    What is unpacked, or brought into UTF-8, is kept on disk for as long as it is read (in the
    folder that TMPDIR names). The files appear whole or not at all.

    Raises SourceError where the table cannot be read: missing, empty, damaged, no header, a
    required column missing or named twice, quotes not balanced, a query that failed.
    """
    with scratch() as folder:
        found, remarks = found_in(source, format, folder, plain=plain)
        mapping = mapping or Mapping()
        terms = Terms(
            zone=mapping.zone or zone,
            only=only,
            keyed=bool(mapping.key),
            minor_units=mapping.minor_units,
            anonymous=mapping.anonymous,
        )
        check = partial(_check_piece, terms=terms, now=now, mapping=mapping)
        write = partial(_write_conversions, terms)
        with whole(conversions) as written, whole(rejects or folder / "r.csv") as listed:
            if len(found) == 1:
                (piece,) = checked = [check(found[0], folder, partial(write, written))]
                write_rejects(piece.rejects, listed)
            else:
                checked = [
                    check(piece, new_folder(folder, number), None)
                    for number, piece in enumerate(found)
                ]
                write(written, all_sound(checked), all_columns(checked))
                write_rejects(all_rejects(checked, folder / "rejects.parquet"), listed)
            return _prepared(checked, remarks, source)


def _check_piece(
    found: Found,
    folder: Path,
    write: Write | None,
    *,
    terms: Terms,
    now: datetime,
    mapping: Mapping,
) -> Checked:
    """Check one piece. write: takes its conversions; None to keep them beside its rejects."""
    aside, kept, sound = folder / "aside", folder / "kept.parquet", folder / "sound.parquet"
    with called(found.name, folder):
        table = found.open(folder)
        plan = plan_columns(table.headers, mapping, table.path)
        terms = replace(terms, comma_is_decimal=_comma_is_decimal(table), chooses=plan.chooses)
        split = partial(
            _split,
            plan=plan,
            terms=terms,
            now=now,
            aside=aside,
            write=write or partial(keep_sound, sound),
        )
        table, splitter = read_somehow(table, folder, split)
        first = first_line(table, records=splitter.tally.seen)
        rejects = keep_rejects(
            splitter.aside, kept, table=table, plan=plan, terms=terms, now=now, first=first
        )
    if write is None:
        # There may be thousands of pieces: what is few of each is many of all.
        rejects = rejects.in_file(kept)
    rmtree(aside, ignore_errors=True)
    return Checked(
        name=found.name,
        sound=sound,
        rejects=rejects,
        plan=plan,
        headers=table.headers,
        tally=splitter.tally,
        reasons=count_reasons(rejects),
        first_line=first,
        warnings=table.warnings,
    )


def _prepared(checked: list[Checked], remarks: tuple[str, ...], source: Source) -> Prepared:
    reasons = sum((piece.reasons for piece in checked), Counter[Reason]())
    left_out = reasons.pop(Reason.LEFT_OUT, 0)
    accepted = sum(piece.tally.accepted for piece in checked)
    rows = accepted + reasons.total() + left_out
    if rows == 0:
        raise SourceError("There are no rows under the header.", path=name_of(source))
    columns = {
        column: header for piece in reversed(checked) for column, header in piece.plan.named.items()
    }
    return Prepared(
        rows=rows,
        accepted=accepted,
        rejected=reasons.total(),
        left_out=left_out,
        rejected_by_reason=reasons,
        columns={column: columns[column] for column in Column if column in columns},
        unknown_currency=sum(piece.tally.unknown_currency for piece in checked),
        first_line=checked[0].first_line if len(checked) == 1 else None,
        pieces=as_pieces(checked),
        warnings=(*remarks, *warnings_of(checked)),
    )


def _split(
    table: Table, *, plan: Plan, terms: Terms, now: datetime, aside: Path, write: Write
) -> tuple[Table, Splitter]:
    """Split a table. Returns it too: it is the one that could be read."""
    cells = _cells(table, plan)
    read = read_usually(cells, plan, terms, now, _usual_way(table, plan, terms))
    with Splitter(terms, now, aside) as splitter:
        sound = read.map_batches(splitter, streamable=True, schema=read_schema(terms))
        try:
            write(sound, plan.columns)
        except pl.exceptions.PolarsError:
            if splitter.fault is not None:
                raise splitter.fault from None
            raise
    return table, splitter


def _cells(table: Table, plan: Plan) -> pl.LazyFrame:
    """What the plan reads of a table, and what its rows have beyond the header.

    The fast reader counts the fields of a row only where it reads all columns; asked for some, it
    passes over what is too many, and a comma too early in a row would shift it in silence. So all
    are read, and the others are dropped behind the reader's back.
    """
    needed = ["row_no", *(f"c{n}" for n in plan.needed)]
    if table.dialect is None:
        return table.frame.select(needed)
    if table.is_even:
        needed.append(OVERFLOW)
    schema = {name: table.frame.collect_schema()[name] for name in needed}
    return table.frame.map_batches(lambda rows: rows[needed], streamable=True, schema=schema)


def _usual_way(table: Table, plan: Plan, terms: Terms) -> Way:
    if Column.DATE_TIME in plan.constants:
        return ways_of_writing(terms.zone)[0]
    text, written = _asked_of_moments(plan, terms)
    sample = table.frame.select(text).head(_SAMPLE).select(written)
    return usual_way(sample.collect(engine="streaming").row(0), terms.zone)


@lru_cache(maxsize=16)
def _asked_of_moments(plan: Plan, terms: Terms) -> tuple[pl.Expr, list[pl.Expr]]:
    text = text_of(Column.DATE_TIME, plan).str.strip_chars()
    return text, written_in(pl.col(Column.DATE_TIME), terms.zone)


def _write_conversions(
    terms: Terms, path: Path, sound: pl.LazyFrame, columns: list[Column]
) -> None:
    if path.suffix.casefold() == ".csv":
        as_written(sound, columns, terms).sink_csv(path)
    else:
        as_conversions(sound, terms).sink_parquet(path, compression="lz4")


def _comma_is_decimal(table: Table) -> bool:
    return table.dialect is None or table.dialect.separator != ","
