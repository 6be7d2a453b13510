"""Tables whose rows are conversions and more: calls and chats, with columns of their own.

Identifiers, moment and price are read and checked by `prepare`, as those of any conversion. Then
the own columns are read, checked by a query, and joined to what was sound.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SourceError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.reasons import Reason
from visitjoin.disk.scratch import scratch
from visitjoin.disk.whole import whole
from visitjoin.prepare.kept import Kept
from visitjoin.prepare.mapping import Mapping
from visitjoin.prepare.own_cells import OwnColumn, OwnColumns, read_cells, with_lines_of
from visitjoin.prepare.rejects import write_rejects
from visitjoin.prepare.sources import STDIN_NAME, Source, is_standard_input
from visitjoin.prepare.table import Prepared, prepare

_MEMORY: Final = "500MB"
"""Of the join of the own columns with their conversions; what is more goes to disk."""


def prepare_with(
    own: OwnColumns[OwnColumn],
    source: Source,
    *,
    conversions: Path,
    rejects: Path | None,
    now: datetime,
    zone: ZoneInfo | None,
    only: IdentifierKind | None,
    mapping: Mapping | None,
    format: str | None,  # noqa: A002 - the user's word for it
    plain: bool,
) -> tuple[Prepared, tuple[OwnColumn, ...]]:
    """Check and normalise a table with own columns; all else as of `prepare_calls`.

    Returns what became of it, and the own columns that it has. Raises SourceError where it cannot
    be read.
    """
    mapping = mapping or Mapping()
    constants = {**mapping.constants, Column.TARGET: own.target}
    filled = replace(mapping, constants=constants, targets=None)
    if is_standard_input(source):
        raise SourceError(
            f"{own.noun} are read twice. Write them to a file first.", path=STDIN_NAME
        )
    with scratch() as folder:
        sound, wrong, faulty = (folder / f"{name}.parquet" for name in ("sound", "wrong", "faulty"))
        prepared = prepare(
            source,
            conversions=sound,
            rejects=wrong,
            now=now,
            zone=zone,
            only=only,
            mapping=filled,
            format=format,
            plain=plain,
        )
        read = read_cells(own, source, prepared.pieces, folder, format_=format, plain=plain)
        with _engine(folder) as engine:
            _judge(engine, own, sound, [one.cells for one in read])
            _write_sound(engine, conversions)
            reasons = _write_faults(engine, faulty)
            if rejects is not None:
                lined = with_lines_of(pl.scan_parquet(faulty, glob=False), read)
                _write_rejects(wrong, lined, rejects, folder)
    prepared = replace(
        prepared,
        accepted=prepared.accepted - reasons.total(),
        rejected=prepared.rejected + reasons.total(),
        rejected_by_reason=Counter(prepared.rejected_by_reason) + reasons,
    )
    present = frozenset[OwnColumn]().union(*(one.columns for one in read))
    return prepared, tuple(column for column in own.columns if column in present)


@contextmanager
def _engine(spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    engine = duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(spill)})
    engine.execute("set enable_progress_bar = false")
    try:
        yield engine
    finally:
        engine.close()


def _judge(
    engine: duckdb.DuckDBPyConnection,
    own: OwnColumns[OwnColumn],
    sound: Path,
    cells: Sequence[Path],
) -> None:
    """Make the table `judged` of the conversions, their own columns and what is wrong with them."""
    engine.read_parquet(str(sound)).create_view("conversions")
    engine.read_parquet([str(piece) for piece in cells]).create_view("cells")
    query = files(__package__).joinpath(own.query).read_text(encoding="utf-8")
    engine.execute(f"create temp table judged as {query}", dict(own.patterns))


def _write_sound(engine: duckdb.DuckDBPyConnection, into: Path) -> None:
    """Write the rows that break no rule."""
    sound = engine.sql(
        'select * exclude ("column", value, reason) from judged '
        "where reason is null order by row_no"
    )
    with whole(into) as part:
        sound.write_parquet(str(part), compression="lz4")


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
    """Write what `prepare` rejected and what broke an own rule, in the order of the table."""
    both = folder / "rejects.parquet"
    listed = pl.scan_parquet(wrong, glob=False)
    schema = listed.collect_schema()
    alike = faults.select(*schema).cast(schema)
    listed.merge_sorted(alike, key="row_no").sink_parquet(both, compression="lz4")
    with whole(into) as part:
        write_rejects(Kept(both), part)
