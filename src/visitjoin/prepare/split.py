"""Cutting a stream of batches in two: conversions flow on, rejected rows are set aside in order.

The table is read once. Sound rows pass through and never leave the fast engine; only the batches'
wrong rows are explained, so a clean table costs little more than a copy. Batches come from
several threads at once, and memory holds a few of them, however long the table is.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Final, Self

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from visitjoin.contract.errors import VisitjoinError
from visitjoin.prepare.check import (
    REJECT_SCHEMA,
    conversions_among,
    read_columns,
    rejects_among,
    soundness,
    unknown_currencies,
)
from visitjoin.prepare.mapping import Plan
from visitjoin.prepare.rules import Terms

_SET_ASIDE: Final = pl.Schema([*REJECT_SCHEMA.items(), ("blank", pl.Boolean())])
_ROWS_OF_A_GROUP: Final = 100_000


@dataclass(kw_only=True)
class Tally:
    """How many rows went where."""

    seen: int = 0
    """Records under the header, blank ones counted."""
    accepted: int = 0
    unknown_currency: int = 0
    set_aside: Counter[bool] = field(default_factory=Counter)
    """Rows without a conversion: by whether all their mapped columns are blank."""


class Splitter:
    """Takes batches, returns their conversions, and writes their other rows to a Parquet file.

    The file has `REJECT_SCHEMA` and `blank`: whether all columns that the plan reads are empty.
    Its rows are in the order of the source.
    """

    def __init__(self, plan: Plan, terms: Terms, rejects: Path) -> None:
        """Prepare to split. plan, terms: how rows are read and checked; rejects: a new file."""
        self.tally = Tally()
        self.fault: BaseException | None = None
        self._plan = plan
        self._terms = terms
        self._path = rejects
        self._lock = Lock()
        self._waiting: dict[int, tuple[int, pl.DataFrame]] = {}
        self._next_row = 1
        self._group: list[pl.DataFrame] = []
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what is left. A batch that never came would be a lost row: that is an error."""
        if self._waiting and error is None:
            raise VisitjoinError("Rows of the table were lost on the way. Please report this.")
        self._write_group()
        if self._writer is not None:
            self._writer.close()

    def __call__(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Split one batch: its conversions are returned, the rest is set aside."""
        try:
            return self._split(rows)
        except BaseException as fault:
            # The engine would wrap it in an error of its own; `prepare` raises it as it was.
            self.fault = fault
            raise

    def _split(self, rows: pl.DataFrame) -> pl.DataFrame:
        read = read_columns(rows, self._plan, self._terms)
        sound = soundness(read, self._terms)
        conversions = conversions_among(read, sound)
        wrong = rejects_among(read, sound, self._terms)
        aside = wrong.with_columns(blank=self._blank(rows.filter(~sound)))
        with self._lock:
            self.tally.seen += rows.height
            self.tally.accepted += conversions.height
            self.tally.unknown_currency += unknown_currencies(read, sound)
            self.tally.set_aside.update(aside["blank"].to_list())
            self._set_aside(rows, aside)
        return conversions

    def _blank(self, rows: pl.DataFrame) -> pl.Series:
        cells = (pl.col(f"c{n}") for n in self._plan.positions.values())
        blank = pl.all_horizontal(cell.str.strip_chars().fill_null("") == "" for cell in cells)
        return rows.select(blank).to_series()

    def _set_aside(self, rows: pl.DataFrame, aside: pl.DataFrame) -> None:
        """Keep the rows until all batches before theirs have come."""
        if rows.is_empty():
            return
        self._waiting[rows["row_no"][0]] = (rows.height, aside)
        while self._next_row in self._waiting:
            height, ready = self._waiting.pop(self._next_row)
            self._next_row += height
            self._group.append(ready)
        if sum(part.height for part in self._group) >= _ROWS_OF_A_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        group = pl.concat([_SET_ASIDE.to_frame(), *self._group])
        self._group = []
        rows: pa.Table = group.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, rows.schema)
        self._writer.write_table(rows)
