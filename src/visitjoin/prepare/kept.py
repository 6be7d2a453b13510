"""Rows that were computed and are read once more: few stay in memory, many go to a file.

To write and to read a file takes as long as to check a hundred rows, and so does a stream's setting
up.
"""

from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Literal

import polars as pl

from visitjoin.prepare.aside import Groups


@dataclass(frozen=True)
class Kept:
    """Rows in memory, those of a Parquet file, or groups of rows that were set aside."""

    place: pl.DataFrame | Path | Groups

    @property
    def rows(self) -> pl.LazyFrame:
        """The rows."""
        match self.place:
            case pl.DataFrame() as frame:
                return frame.lazy()
            case Groups() as groups:
                return groups.rows
            case path:
                return pl.scan_parquet(path, glob=False)

    @property
    def engine(self) -> Literal["in-memory", "streaming"]:
        """What computes something of the rows with the least ado."""
        return "in-memory" if isinstance(self.place, pl.DataFrame) else "streaming"

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
