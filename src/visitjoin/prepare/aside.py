"""Rows that are set aside while a table is read: groups on disk, and one table again afterwards.

They are written inside of the engine, by whichever of its threads has a group together. A Parquet
file of Polars is itself written by the engine, and that might wait for the thread that waits for
it; pyarrow does it on the spot, but to load it takes 50 MB, a seventh of what a send takes in all.
A stream of Arrow's (IPC) is written on the spot by Polars alone; its groups are one file each, for
such a stream can be read but not scanned.
"""

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import polars as pl
from polars.io.plugins import register_io_source


def new_groups(folder: Path) -> None:
    """Make a folder of groups, in the place of one that an earlier reading left."""
    rmtree(folder, ignore_errors=True)
    folder.mkdir()


def write_group(folder: Path, number: int, rows: pl.DataFrame) -> None:
    """Write a group. number: from 0, in the order of the table."""
    rows.write_ipc_stream(_group(folder, number), compression="lz4")


def scan_groups(folder: Path, schema: pl.Schema) -> pl.LazyFrame:
    """The rows of all groups, in the order of the table. schema: theirs."""

    def read(
        columns: list[str] | None, among: pl.Expr | None, most: int | None, _: int | None
    ) -> Iterator[pl.DataFrame]:
        left = most
        for number in range(len(list(folder.iterdir()))):
            rows = pl.read_ipc_stream(_group(folder, number))
            if left is not None:
                rows = rows.head(left)
                left -= rows.height
            if among is not None:
                rows = rows.filter(among)
            yield rows if columns is None else rows.select(columns)
            if left == 0:
                return

    return register_io_source(read, schema=schema)


def _group(folder: Path, number: int) -> Path:
    return folder / f"{number}.arrows"
