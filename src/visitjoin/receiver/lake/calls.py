"""Which calls can be linked, and how do the others join the links?"""

from pathlib import Path

from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query


def write_dynamic_calls(lake: Lake, calls: Path, into: Path) -> None:
    """Write those of an uploading's calls that can belong to a visit.

    calls, into: Parquet files with the columns of a conversion; `calls` has those of a call too.
    """
    with lake.connect() as connection:
        dynamic = connection.sql(query("dynamic_calls"), params={"calls": str(calls)})
        dynamic.write_parquet(str(into), compression="lz4")


def write_links_of_calls(lake: Lake, calls: Path, links: Path, into: Path) -> None:
    """Write the links of dynamic calls together with what became of the static ones."""
    asked = {"calls": str(calls), "links": str(links)}
    with lake.connect() as connection:
        connection.sql(query("links_of_calls"), params=asked).write_parquet(
            str(into), compression="lz4"
        )
