"""Running the join in DuckDB: Parquet files in, one Parquet file of outcomes out.

`link.sql` says what the join is; here is only where its tables come from, how much memory it may
take, and that nothing was lost.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Final

import duckdb

from visitjoin.contract.errors import EngineError
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.tables import CONVERSION, VISIT
from visitjoin.disk.scratch import scratch
from visitjoin.disk.whole import whole
from visitjoin.linking.addresses import reach
from visitjoin.linking.count import count_outcomes
from visitjoin.linking.memory import default_memory_limit

QUERY: Final = "link.sql"
TEXT: Final = files(__package__).joinpath(QUERY).read_text(encoding="utf-8")


def link(
    *,
    visits: Sequence[str | Path],
    conversions: Sequence[str | Path],
    targets: Collection[str] | None,
    cut_off: datetime,
    out: Path,
    memory_limit: str | None = None,
    engine: duckdb.DuckDBPyConnection | None = None,
) -> dict[Outcome, int]:
    """Find for each conversion the visit it belongs to, or the reason why there is none.

    visits: Parquet files with the columns of `contract.tables.VISIT`, in any order; may be none.
    conversions: Parquet files with the columns of `contract.tables.CONVERSION`; `row_no` must be
        unique over all of them.
    targets: those that reach a goal; None where every Target does.
    cut_off: aware; a visit that starts at that second still counts.
    out: the Parquet file to write, with the columns of `contract.tables.LINK`, in no order.
    memory_limit: such as `2GB`; default a quarter of the machine. What is more goes to disk.
    engine: one that is there already, with limits of its own, no names yet, and a way to all of the
        files; None begins one, which takes as long as to link a hundred conversions.

    Returns the number of conversions for each outcome that occurs; they add up to all.

    Raises EngineError where a file cannot be read or the outcomes do not add up.
    Source of the rules: docs/explanation/linking.md.
    """
    begun = _engine(memory_limit) if engine is None else nullcontext(engine)
    with whole(out) as part, begun as used:
        if engine is None:
            reach(used, *map(str, visits), *map(str, conversions))
        try:
            _offer(used, "visits", visits, VISIT)
            _offer(used, "conversions", conversions, CONVERSION)
            _offer_terms(used, targets, cut_off)
            used.execute(f"copy ({TEXT}) to '{_quoted(part)}' (format parquet, compression lz4)")
            counts = count_outcomes(used, part)
        except duckdb.Error as error:
            raise EngineError(str(error), query=QUERY) from error
    return counts


@contextmanager
def _engine(memory_limit: str | None) -> Iterator[duckdb.DuckDBPyConnection]:
    with scratch() as spill:
        engine = duckdb.connect(
            config={
                "memory_limit": memory_limit or default_memory_limit(),
                "temp_directory": str(spill),
                # The outcomes come in no order, so none has to be kept in memory.
                "preserve_insertion_order": False,
            }
        )
        # A long join would draw one into the logs of whoever runs it.
        engine.execute("set enable_progress_bar = false")
        try:
            yield engine
        finally:
            engine.close()


def _offer(
    engine: duckdb.DuckDBPyConnection,
    name: str,
    tables: Sequence[str | Path],
    columns: dict[str, str],
) -> None:
    """Make Parquet files a table of the query; none at all is an empty table."""
    if tables:
        listed = ", ".join(f"'{_quoted(table)}'" for table in tables)
        engine.execute(f"create view {name} as from read_parquet([{listed}])")
    else:
        typed = ", ".join(f"{column} {_DUCKDB.get(kind, kind)}" for column, kind in columns.items())
        engine.execute(f"create table {name} ({typed})")


_DUCKDB: Final = {"array<string>": "varchar[]"}


def _offer_terms(
    engine: duckdb.DuckDBPyConnection, targets: Collection[str] | None, cut_off: datetime
) -> None:
    # How a list is taken apart differs from engine to engine, so it is done before the query.
    engine.execute(
        "create view purchases as "
        "select unnest(purchase_ids) as purchase_id, visit_id, started_at from visits"
    )
    if targets is None:
        engine.execute("create table targets as select distinct target from conversions")
    else:
        engine.execute(
            "create table targets as select distinct unnest($1::varchar[]) as target",
            [list(targets)],
        )
    engine.execute("create table terms as select $1::bigint as cut_off", [_first_second(cut_off)])


def _first_second(moment: datetime) -> int:
    """The first whole second at or after a moment: visits start at whole seconds."""
    seconds = int(moment.timestamp())
    return seconds if seconds >= moment.timestamp() else seconds + 1


def _quoted(path: str | Path) -> str:
    return str(path).replace("'", "''")
