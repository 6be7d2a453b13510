"""From a table of calls to checked conversions with the calls' own columns, and rejected rows.

A call is a conversion without a Target, and more: identifiers, moment and price are read and
checked by `prepare`, as those of any conversion. Then the calls' own columns are read, checked
and joined to what was sound.
"""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as ReadOnlyDict
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from visitjoin.contract.calls import (
    CALL_TARGET,
    DURATION_PATTERN,
    FLAG_PATTERN,
    PHONE_PATTERN,
    CallColumn,
    call_column_named,
)
from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SourceError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.reasons import Reason
from visitjoin.contract.tables import REJECT
from visitjoin.disk.scratch import scratch
from visitjoin.prepare.mapping import Mapping
from visitjoin.prepare.rejects import with_lines, write_rejects
from visitjoin.prepare.sources import (
    STANDARD_INPUT,
    Files,
    Source,
    Table,
    find_pieces,
    name_of,
    open_plain,
    with_format,
)
from visitjoin.prepare.table import Prepared, prepare

_MEMORY: Final = "500MB"
"""Of the join of calls with their conversions; what is more goes to disk."""

_PATTERNS: Final = {"phone": PHONE_PATTERN, "duration": DURATION_PATTERN, "flag": FLAG_PATTERN}


@dataclass(frozen=True, kw_only=True)
class PreparedCalls(Prepared):
    """What became of a table of calls. accepted = static + dynamic calls."""

    static: int
    """Accepted calls that belong to no visit."""
    call_columns: tuple[CallColumn, ...]
    """The columns that only calls have and the table has, in the order of the API's guide."""


def prepare_calls(
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
) -> PreparedCalls:
    """Check and normalise a table of calls. Each row ends as a conversion or as a rejection.

    source: as of `prepare`, but one table that can be read twice: not standard input, and not
        several files. The calls' own columns have the API's names, in any case; of the others
        `mapping` says which is which. A Target is not needed and not read.
    conversions: the Parquet file to write: the columns of `contract.tables.CONVERSION`, with the
        identifier of the call goal as target, the key where the mapping names one, and then
        those of `contract.tables.CALL`.
    rejects, now, zone, only, format, plain: as of `prepare`.

    Raises SourceError where the table cannot be read.
    """
    mapping = mapping or Mapping()
    constants = {**mapping.constants, Column.TARGET: CALL_TARGET}
    calls = replace(mapping, constants=constants, targets=None)
    if _is_standard_input(source):
        raise SourceError("Calls are read twice. Write them to a file first.", path=STANDARD_INPUT)
    with scratch() as folder:
        sound, wrong, faulty = (folder / f"{name}.parquet" for name in ("sound", "wrong", "faulty"))
        prepared = prepare(
            source,
            conversions=sound,
            rejects=wrong,
            now=now,
            zone=zone,
            only=only,
            mapping=calls,
            format=format,
            plain=plain,
        )
        table = _opened_again(source, format, folder, plain=plain)
        with _engine(folder) as engine:
            positions = _positions(table)
            _judge(engine, sound, _cells(table, positions, folder))
            static = _write_calls(engine, conversions)
            reasons = _write_faults(engine, faulty)
            if rejects is not None:
                rows = pl.scan_parquet(faulty, glob=False)
                lined = with_lines(rows, rows, table, prepared.first_line)
                _write_rejects(wrong, lined, rejects, folder)
    return PreparedCalls(
        **{field.name: getattr(prepared, field.name) for field in fields(prepared)}
        | {
            "accepted": prepared.accepted - reasons.total(),
            "rejected": prepared.rejected + reasons.total(),
            "rejected_by_reason": Counter(prepared.rejected_by_reason) + reasons,
        },
        static=static,
        call_columns=tuple(column for column in CallColumn if column in positions),
    )


def _is_standard_input(source: Source) -> bool:
    names = source.names if isinstance(source, Files) else source
    if isinstance(names, str):
        return names == STANDARD_INPUT
    return isinstance(names, list | tuple) and STANDARD_INPUT in names


def _opened_again(source: Source, format_: str | None, folder: Path, *, plain: bool) -> Table:
    if plain and isinstance(source, Path):
        return open_plain(source, folder, format=format_)
    found, _ = find_pieces(source if format_ is None else with_format(source, format_), folder)
    if len(found) > 1:
        raise SourceError("Calls are read from one file at a time.", path=name_of(source))
    return found[0].open(folder)


def _positions(table: Table) -> dict[CallColumn, int]:
    """Which column of the table holds which column of calls."""
    found: dict[CallColumn, int] = {}
    for position, header in enumerate(table.headers):
        column = call_column_named(header)
        if column is None:
            continue
        if column in found:
            raise SourceError(
                f"Two columns for {column}. Leave one, or rename the other.",
                path=table.path,
                line=1,
            )
        found[column] = position
    return found


def _cells(table: Table, positions: ReadOnlyDict[CallColumn, int], folder: Path) -> Path:
    """The calls' own columns as stripped text, null where empty, in a Parquet file."""
    texts = {
        column.field: pl.col(f"c{positions[column]}").str.strip_chars()
        if column in positions
        else pl.lit(None, pl.String)
        for column in CallColumn
    }
    cells = folder / "cells.parquet"
    table.frame.select(
        pl.col("row_no").cast(pl.Int64),
        *(pl.when(text != "").then(text).alias(field) for field, text in texts.items()),
    ).sink_parquet(cells, compression="lz4")
    return cells


@contextmanager
def _engine(spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    engine = duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(spill)})
    engine.execute("set enable_progress_bar = false")
    try:
        yield engine
    finally:
        engine.close()


def _judge(engine: duckdb.DuckDBPyConnection, sound: Path, cells: Path) -> None:
    """Make the table `judged` of the conversions, their calls and what is wrong with them."""
    engine.read_parquet(str(sound)).create_view("conversions")
    engine.read_parquet(str(cells)).create_view("cells")
    query = files(__package__).joinpath("calls.sql").read_text(encoding="utf-8")
    engine.execute(f"create temp table judged as {query}", _PATTERNS)


def _write_calls(engine: duckdb.DuckDBPyConnection, into: Path) -> int:
    """Write the calls that break no rule; returns how many of them are static."""
    into.parent.mkdir(parents=True, exist_ok=True)
    part = into.with_stem(f"{into.stem}.part")
    sound = engine.sql(
        'select * exclude ("column", value, reason) from judged '
        "where reason is null order by row_no"
    )
    sound.write_parquet(str(part), compression="lz4")
    part.replace(into)
    counted = engine.execute("select count(*) from judged where static_call and reason is null")
    ((static,),) = counted.fetchall()
    return int(static)


def _write_faults(engine: duckdb.DuckDBPyConnection, into: Path) -> Counter[Reason]:
    """Write the rows that break a rule, without their lines; returns how many break which."""
    engine.sql(
        'select row_no, "column", value, reason, price, currency from judged '
        "where reason is not null order by row_no"
    ).write_parquet(str(into), compression="lz4")
    counted = engine.execute(
        "select reason, count(*) from judged where reason is not null group by all"
    )
    return Counter({Reason(reason): number for reason, number in counted.fetchall()})


def _write_rejects(wrong: Path, faults: pl.LazyFrame, into: Path, folder: Path) -> None:
    """Write what `prepare` rejected and what broke a rule of calls, in the order of the table."""
    both = folder / "rejects.parquet"
    listed = pl.scan_parquet(wrong, glob=False)
    alike = faults.select(*REJECT).cast(listed.collect_schema())
    listed.merge_sorted(alike, key="row_no").sink_parquet(both, compression="lz4")
    into.parent.mkdir(parents=True, exist_ok=True)
    part = into.with_stem(f"{into.stem}.part")
    write_rejects(both, part)
    part.replace(into)
