"""From a table of calls to checked conversions with the calls' own columns, and rejected rows.

A call is a conversion without a Target, and more: identifiers, moment and price are read and
checked by `prepare`, as those of any conversion. Then the calls' own columns are read, checked
and joined to what was sound.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
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
)
from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SourceError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.reasons import Reason
from visitjoin.disk.scratch import scratch
from visitjoin.prepare.call_cells import read_cells, with_lines_of
from visitjoin.prepare.mapping import Mapping
from visitjoin.prepare.rejects import write_rejects
from visitjoin.prepare.sources import STDIN_NAME, Source, is_standard_input
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

    source: as of `prepare`, but one that can be read twice: not standard input. The calls' own
        columns have the API's names, in any case; of the others `mapping` says which is which. A
        Target is not needed and not read.
    conversions: the Parquet file to write: the columns of `contract.tables.CONVERSION`, with the
        identifier of the call goal as target, the key where the mapping names one, and then
        those of `contract.tables.CALL`.
    rejects, now, zone, only, format, plain: as of `prepare`.

    Raises SourceError where the table cannot be read.
    """
    mapping = mapping or Mapping()
    constants = {**mapping.constants, Column.TARGET: CALL_TARGET}
    calls = replace(mapping, constants=constants, targets=None)
    if is_standard_input(source):
        raise SourceError("Calls are read twice. Write them to a file first.", path=STDIN_NAME)
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
        read = read_cells(source, prepared.pieces, folder, format_=format, plain=plain)
        with _engine(folder) as engine:
            _judge(engine, sound, [one.cells for one in read])
            static = _write_calls(engine, conversions)
            reasons = _write_faults(engine, faulty)
            if rejects is not None:
                lined = with_lines_of(pl.scan_parquet(faulty, glob=False), read)
                _write_rejects(wrong, lined, rejects, folder)
    present = frozenset[CallColumn]().union(*(one.columns for one in read))
    return PreparedCalls(
        **{field.name: getattr(prepared, field.name) for field in fields(prepared)}
        | {
            "accepted": prepared.accepted - reasons.total(),
            "rejected": prepared.rejected + reasons.total(),
            "rejected_by_reason": Counter(prepared.rejected_by_reason) + reasons,
        },
        static=static,
        call_columns=tuple(column for column in CallColumn if column in present),
    )


@contextmanager
def _engine(spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    engine = duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(spill)})
    engine.execute("set enable_progress_bar = false")
    try:
        yield engine
    finally:
        engine.close()


def _judge(engine: duckdb.DuckDBPyConnection, sound: Path, cells: Sequence[Path]) -> None:
    """Make the table `judged` of the conversions, their calls and what is wrong with them."""
    engine.read_parquet(str(sound)).create_view("conversions")
    engine.read_parquet([str(piece) for piece in cells]).create_view("cells")
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
    schema = listed.collect_schema()
    alike = faults.select(*schema).cast(schema)
    listed.merge_sorted(alike, key="row_no").sink_parquet(both, compression="lz4")
    into.parent.mkdir(parents=True, exist_ok=True)
    part = into.with_stem(f"{into.stem}.part")
    write_rejects(both, part)
    part.replace(into)
