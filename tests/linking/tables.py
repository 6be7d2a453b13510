"""Small tables for the tests of the join: rows as dictionaries, written as real Parquet files."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

import polars as pl

from visitjoin.linking import link

CONVERSION: dict[str, pl.DataType | type[pl.DataType]] = {
    "row_no": pl.Int64,
    "client_id": pl.String,
    "user_id": pl.String,
    "yclid": pl.String,
    "purchase_id": pl.String,
    "target": pl.String,
    "happened_at": pl.Int64,
}
VISIT: dict[str, pl.DataType | type[pl.DataType]] = {
    "visit_id": pl.String,
    "client_id": pl.String,
    "user_id": pl.String,
    "started_at": pl.Int64,
    "yclid": pl.String,
    "purchase_ids": pl.List(pl.String),
}


class Link(TypedDict):
    """What became of a conversion."""

    outcome: str
    visit_id: str | None
    linked_by: str | None


def linked(
    folder: Path,
    *,
    visits: Sequence[dict[str, Any]],
    conversions: Sequence[dict[str, Any]],
    cut_off: datetime,
    targets: Collection[str] | None = None,
) -> list[Link]:
    """Write the tables, link them, and return the links in the order of the conversions."""
    pl.DataFrame(visits, schema=VISIT).write_parquet(folder / "visits.parquet")
    numbered = [{"row_no": number, **row} for number, row in enumerate(conversions, start=1)]
    pl.DataFrame(numbered, schema=CONVERSION).write_parquet(folder / "conversions.parquet")
    counts = link(
        visits=[folder / "visits.parquet"],
        conversions=[folder / "conversions.parquet"],
        targets=targets,
        cut_off=cut_off,
        out=folder / "links.parquet",
    )
    rows = pl.read_parquet(folder / "links.parquet").sort("row_no")
    assert rows["row_no"].to_list() == list(range(1, len(conversions) + 1))
    assert sum(counts.values()) == len(conversions)
    return [Link(**row) for row in rows.drop("row_no").to_dicts()]  # type: ignore[typeddict-item]
