"""Rows that were computed and are read once more: few stay in memory, many go to a file.

To write and to read a file takes as long as to check a hundred rows, and so does a stream's setting
up.
"""

from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Literal

import polars as pl


@dataclass(frozen=True)
class Kept:
    """Rows in memory, or those of a Parquet file."""

    place: pl.DataFrame | Path

    @property
    def rows(self) -> pl.LazyFrame:
        """The rows."""
        if isinstance(self.place, Path):
            return pl.scan_parquet(self.place, glob=False)
        return self.place.lazy()

    @property
    def engine(self) -> Literal["in-memory", "streaming"]:
        """What computes something of the rows with the least ado."""
        return "streaming" if isinstance(self.place, Path) else "in-memory"

    def write(self, path: Path) -> None:
        """Write the rows to a Parquet file."""
        if isinstance(self.place, Path):
            copyfile(self.place, path)
        else:
            self.rows.sink_parquet(path, compression="lz4")

    def in_file(self, path: Path) -> "Kept":
        """The same rows in a Parquet file. path: that to write, where they are in none."""
        if isinstance(self.place, Path):
            return self
        self.write(path)
        return Kept(path)


def keep(rows: pl.LazyFrame, of: Kept, into: Path) -> Kept:
    """Compute rows and keep them as those are kept that they are made of.

    into: the file to write, where they go to one.
    """
    if of.engine == "in-memory":
        return Kept(rows.collect(engine="in-memory"))
    rows.sink_parquet(into, compression="lz4")
    return Kept(into)
