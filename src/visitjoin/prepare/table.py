"""From any CRM table to checked conversions and rejected rows."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as ReadOnlyDict
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SourceError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.reasons import Reason
from visitjoin.prepare.cells import text_of
from visitjoin.prepare.check import as_conversions, as_written, read_schema, read_usually
from visitjoin.prepare.mapping import Mapping
from visitjoin.prepare.plan import Plan, plan_columns
from visitjoin.prepare.rejects import first_line, keep_rejects, write_rejects
from visitjoin.prepare.rules import Terms
from visitjoin.prepare.sources import OVERFLOW, Table, made_even, open_table
from visitjoin.prepare.split import Splitter, Tally
from visitjoin.prepare.times import Way, usual_way, ways_of_writing

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
    """The header that was taken for each column; several are joined by `, `."""
    unknown_currency: int
    """Accepted rows whose currency is not known: their price and currency became null."""
    first_line: int | None
    """The line of row 1, where each row is one line; None where a value holds a line break."""


def prepare(
    source: Path,
    *,
    conversions: Path,
    rejects: Path | None,
    now: datetime,
    zone: ZoneInfo | None = None,
    only: IdentifierKind | None = None,
    mapping: Mapping | None = None,
    format: str | None = None,  # noqa: A002 - the user's word for it
) -> Prepared:
    """Check and normalise a table. Each row ends as a conversion or as a rejection with a reason.

    source: a CSV, TSV, XLSX, Parquet or JSON Lines file with a header.
    conversions: the file to write; `.csv` for the API's form, `.parquet` for the columns of
        `contract.tables.CONVERSION`, and the key where the mapping names one.
    rejects: the file of rejected rows; `.csv` with line, column, value, reason and message,
        `.parquet` for the columns of `contract.tables.REJECT`; None to only count them.
    now: aware; what happened later is in the future.
    zone: of local times, where the mapping names none; without any, rows with local times are
        rejected.
    only: the one kind of identifier asked for (older generation); None takes any mix.
    mapping: how to read the table, where the names of its columns do not say it.
    format: csv, tsv, xlsx, parquet or jsonl; None to go by the name's ending.

    Memory does not grow with the number of rows. The files appear whole or not at all.

    Raises SourceError where the table cannot be read: missing, empty, not UTF-8, no header, a
    required column missing or named twice, quotes not balanced.
    """
    with (
        open_table(source, format=format) as opened,
        TemporaryDirectory(prefix="visitjoin-") as temp,
    ):
        mapping = mapping or Mapping()
        plan = plan_columns(opened.headers, mapping, source)
        terms = Terms(
            now=now,
            zone=mapping.zone or zone,
            only=only,
            comma_is_decimal=_comma_is_decimal(opened),
            chooses=plan.chooses,
            keyed=bool(plan.key),
            minor_units=plan.minor_units,
        )
        aside, kept = Path(temp) / "aside.parquet", Path(temp) / "rejects.parquet"
        with _whole(conversions) as written, _whole(rejects or Path(temp) / "r.csv") as listed:
            table, tally = _split_table(opened, plan, terms, aside, written)
            first = first_line(table, records=tally.seen)
            keep_rejects(aside, kept, table=table, plan=plan, terms=terms, first=first)
            reasons = _count_reasons(kept)
            left_out = reasons.pop(Reason.LEFT_OUT, 0)
            rows = tally.accepted + reasons.total() + left_out
            if rows == 0:
                raise SourceError("There are no rows under the header.", path=source)
            write_rejects(kept, listed)
    return Prepared(
        rows=rows,
        accepted=tally.accepted,
        rejected=reasons.total(),
        left_out=left_out,
        rejected_by_reason=reasons,
        columns=plan.named,
        unknown_currency=tally.unknown_currency,
        first_line=first,
    )


def _split_table(
    table: Table, plan: Plan, terms: Terms, aside: Path, conversions: Path
) -> tuple[Table, Tally]:
    """Split a table; where the fast reader refuses it for uneven rows, split it made even."""
    try:
        return table, _split(table, plan, terms, aside, conversions)
    except pl.exceptions.ComputeError as refusal:
        if table.dialect is None:
            raise _unreadable(table) from refusal
    even = made_even(table, aside.parent)
    try:
        return even, _split(even, plan, terms, aside, conversions)
    except pl.exceptions.ComputeError as refusal:
        raise _unreadable(table) from refusal


def _split(table: Table, plan: Plan, terms: Terms, aside: Path, conversions: Path) -> Tally:
    cells = _cells(table, plan)
    read = read_usually(cells, plan, terms, _usual_way(table, plan, terms))
    with Splitter(terms, aside) as splitter:
        sound = read.map_batches(splitter, streamable=True, schema=read_schema(terms))
        try:
            _write_conversions(sound, plan, terms, conversions)
        except pl.exceptions.PolarsError:
            if splitter.fault is not None:
                raise splitter.fault from None
            raise
    return splitter.tally


def _cells(table: Table, plan: Plan) -> pl.LazyFrame:
    """What the plan reads of a table, and what its rows have beyond the header.

    The fast reader counts the fields of a row only where it reads all columns; asked for some, it
    passes over what is too many, and a comma too early in a row would shift it in silence. So all
    are read, and the others are dropped behind the reader's back.
    """
    needed = ["row_no", *(f"c{n}" for n in plan.needed)]
    if table.is_even:
        needed.append(OVERFLOW)
    schema = {name: table.frame.collect_schema()[name] for name in needed}
    return table.frame.map_batches(lambda rows: rows.select(needed), streamable=True, schema=schema)


def _usual_way(table: Table, plan: Plan, terms: Terms) -> Way:
    if Column.DATE_TIME in plan.constants:
        return ways_of_writing(terms.zone)[0]
    text = text_of(Column.DATE_TIME, plan).str.strip_chars()
    sample = table.frame.select(text).head(_SAMPLE).collect(engine="streaming")
    return usual_way(sample.to_series(), terms.zone)


def _write_conversions(sound: pl.LazyFrame, plan: Plan, terms: Terms, path: Path) -> None:
    if path.suffix.casefold() == ".csv":
        as_written(sound, plan.columns, terms).sink_csv(path)
    else:
        as_conversions(sound, terms).sink_parquet(path, compression="lz4")


def _count_reasons(rejects: Path) -> Counter[Reason]:
    rows = pl.scan_parquet(rejects, glob=False)
    counted = rows.group_by("reason").len().collect(engine="streaming")
    return Counter({Reason(reason): number for reason, number in counted.iter_rows()})


def _comma_is_decimal(table: Table) -> bool:
    return table.dialect is None or table.dialect.separator != ","


def _unreadable(table: Table) -> SourceError:
    return SourceError("The table cannot be read: it is damaged.", path=table.path)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A place to write a file that gets its name only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_stem(f"{path.stem}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
