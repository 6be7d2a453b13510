"""Outcomes that add up to the rows, or an error."""

from pathlib import Path

import duckdb

from visitjoin.contract.errors import EngineError
from visitjoin.contract.outcomes import Outcome


def count_outcomes(engine: duckdb.DuckDBPyConnection, links: Path) -> dict[Outcome, int]:
    """Count the outcomes of a file that the join wrote.

    engine: the connection that still offers `conversions`. links: the file.

    Returns the rows of each outcome that occurs, in the order of `Outcome`.

    Raises EngineError where they do not add up to the conversions.
    """
    found = dict(
        engine.execute(
            "select outcome, count(*) from read_parquet($1) group by outcome", [str(links)]
        ).fetchall()
    )
    counts = {outcome: found[outcome] for outcome in Outcome if outcome in found}
    (conversions,) = engine.execute("select count(*) from conversions").fetchall()[0]
    if sum(found.values()) != conversions:
        raise EngineError(
            f"{conversions} conversions ended in {sum(found.values())} outcomes. Are the row "
            "numbers unique? If so, please report this.",
            query="link.sql",
        )
    return counts
