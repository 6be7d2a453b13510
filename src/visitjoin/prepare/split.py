"""Cutting a stream of batches in two: conversions flow on, rejected rows are set aside in order.

The table is read once. Sound rows pass through and never leave the fast engine; only the batches'
wrong rows are explained, so a clean table costs little more than a copy. Batches come from
several threads at once, and memory holds a few of them, however long the table is.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Final, Self

import polars as pl

from visitjoin.contract.errors import VisitjoinError
from visitjoin.prepare.aside import Groups
from visitjoin.prepare.check import no_rows, read_with_care
from visitjoin.prepare.kept import Kept
from visitjoin.prepare.plan import Plan
from visitjoin.prepare.rules import FILLED, Terms
from visitjoin.prepare.sources import OVERFLOW

_ROWS_OF_A_GROUP: Final = 20_000
"""Rows that are held before they are written: more of them is memory, fewer are more files."""


@dataclass(kw_only=True)
class Tally:
    """How many rows went where."""

    seen: int = 0
    """Records under the header, blank ones counted."""
    accepted: int = 0
    unknown_currency: int = 0


def is_blank(plan: Plan) -> pl.Expr:
    """Whether a row as read has nothing in any column that the plan takes for one of the API.

    Nor beyond the header: what stands there is no blank row, but one with a field too many.
    """
    within = pl.col(OVERFLOW).is_null()
    if plan.chooses:
        return within & ~pl.col(FILLED)
    return within & pl.all_horizontal(pl.col(column.value).is_null() for column in plan.positions)


class Splitter:
    """Takes batches of read rows, returns the sound ones, and sets the others aside.

    Both have the columns of `read_schema`, in the order of the source.
    """

    def __init__(self, terms: Terms, now: datetime, aside: Path) -> None:
        """Prepare to split. terms and now: how rows are checked; aside: a folder to be made."""
        self.tally = Tally()
        self.fault: BaseException | None = None
        self._terms = terms
        self._now = now
        self._nothing = no_rows(terms)
        self._folder = aside
        self._lock = Lock()
        self._waiting: dict[int, tuple[int, pl.DataFrame]] = {}
        self._next_row = 1
        self._group: list[pl.DataFrame] = []
        self._groups: Groups | None = None

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
        if self._groups is not None:
            self._write_group()

    @property
    def aside(self) -> Kept:
        """What was set aside, at the end: on the disk, where it is more than a group of rows."""
        return Kept(self._groups or pl.concat([self._nothing, *self._group]))

    def __call__(self, read: pl.DataFrame) -> pl.DataFrame:
        """Split one batch of read rows: its sound rows are returned, the rest is set aside."""
        try:
            return self._split(read)
        except BaseException as fault:
            # The engine would wrap it in an error of its own; `prepare` raises it as it was.
            self.fault = fault
            raise

    def _split(self, read: pl.DataFrame) -> pl.DataFrame:
        if read["sound"].all():
            sound, aside = read, self._nothing
        else:
            again = read_with_care(read.filter(~pl.col("sound")), self._terms, self._now)
            aside = again.filter(~pl.col("sound"))
            sound = read.filter("sound")
            if aside.height < again.height:
                sound = pl.concat([sound, again.filter("sound")]).sort("row_no")
        with self._lock:
            self.tally.seen += read.height
            self.tally.accepted += sound.height
            self.tally.unknown_currency += int(sound["unknown_currency"].sum())
            self._set_aside(read, aside)
        return sound

    def _set_aside(self, read: pl.DataFrame, aside: pl.DataFrame) -> None:
        """Keep the rows until all batches before theirs have come."""
        if read.is_empty():
            return
        self._waiting[read["row_no"][0]] = (read.height, aside)
        while self._next_row in self._waiting:
            height, ready = self._waiting.pop(self._next_row)
            self._next_row += height
            self._group.append(ready)
        if sum(part.height for part in self._group) >= _ROWS_OF_A_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        group = pl.concat([self._nothing, *self._group])
        self._group = []
        if self._groups is None:
            self._groups = Groups(self._folder, self._nothing.schema)
        self._groups.write(group)
