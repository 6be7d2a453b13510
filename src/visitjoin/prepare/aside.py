"""Rows that are set aside while a table is read: groups on disk, and one table again afterwards.

They are written inside of the engine, by whichever of its threads has a group together. A Parquet
file of Polars is itself written by the engine, and that might wait for the thread that waits for
it; pyarrow does it on the spot, but to load it takes 50 MB, a seventh of what a send takes in all.
A stream of Arrow's (IPC) is written on the spot by Polars alone; its groups are one file each, for
such a stream can be read but not scanned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

import polars as pl
from polars.io.plugins import register_io_source


@dataclass
class Groups:
    """Groups of rows below a folder, which is made in the place of one that is there.

    schema: that of the rows.
    """

    folder: Path
    schema: pl.Schema
    _written: int = 0

    def __post_init__(self) -> None:
        rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()

    def write(self, rows: pl.DataFrame) -> None:
        """Write the next group, in the order of the table."""
        rows.write_ipc_stream(self._file(self._written), compression="lz4")
        self._written += 1

    @property
    def rows(self) -> pl.LazyFrame:
        """The rows of all groups, in the order of the table."""

        def read(
            columns: list[str] | None, among: pl.Expr | None, most: int | None, _: int | None
        ) -> Iterator[pl.DataFrame]:
            left = most
            for number in range(self._written):
                rows = pl.read_ipc_stream(self._file(number))
                if left is not None:
                    rows = rows.head(left)
                    left -= rows.height
                if among is not None:
                    rows = rows.filter(among)
                yield rows if columns is None else rows.select(columns)
                if left == 0:
                    return

        return register_io_source(read, schema=self.schema)

    def _file(self, number: int) -> Path:
        return self.folder / f"{number}.arrows"
