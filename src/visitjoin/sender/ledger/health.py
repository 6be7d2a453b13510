"""Which share of what was sent was linked: by day, target and kind of identifier.

A day is open while more may come: today, a day with conversions in an uploading that has no last
status, and one after whose end nothing was sent yet. An open day is shown and not judged.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

import duckdb
from msgspec import Struct

from visitjoin.sender.ledger.texts import text_of


class Basis(StrEnum):
    """How the server says what was linked."""

    ROW = "row"
    """Row by row: a receiver of one's own."""
    BATCH = "batch"
    """In numbers, for each uploading: Metrica."""


class Tally(Struct, frozen=True):
    """Rows that were sent. later <= linked <= answered <= rows."""

    rows: int
    answered: int
    """The server said of them what became of them, or how many of them were linked."""
    linked: int
    later: int
    """Linked by a repeat only."""
    share: float | None
    """Linked of answered, from 0 to 1; None where none was answered."""

    @property
    def first_share(self) -> float | None:
        """The share that the first sending linked: in it a new day compares with an old one."""
        return (self.linked - self.later) / self.answered if self.answered else None


class Day(Struct, frozen=True):
    """A day (UTC) and what was sent of it."""

    day: date
    tally: Tally
    is_open: bool


class Part(Struct, frozen=True):
    """The rows of one target, or of one kind of identifier."""

    name: str
    total: Tally
    """Without shares where the basis is `batch`."""
    days: tuple[Day, ...]
    """Every day of the conversions."""


class Waiting(Struct, frozen=True):
    """Rows of uploadings without a last status. They are in no day yet."""

    rows: int
    since: datetime | None
    """When the run began that sent the oldest of them; None where there are none."""


class Health(Struct, frozen=True, kw_only=True):
    """What a ledger says of the last days."""

    asked_at: datetime
    basis: Basis
    total: Tally
    days: tuple[Day, ...]
    """Every day from the first with rows on: of the conversion or, where the basis is `batch`, of
    the upload."""
    by_kind: tuple[Part, ...]
    """By the row's most specific identifier, the most rows first."""
    by_target: tuple[Part, ...]
    waiting: Waiting
    last_run: datetime | None
    """When a run last sent something; None for never."""


def tally(rows: int = 0, answered: int = 0, linked: int = 0, later: int = 0) -> Tally:
    """A tally with its share."""
    return Tally(rows, answered, linked, later, linked / answered if answered else None)


def add(tallies: Iterable[Tally]) -> Tally:
    """Add up tallies."""
    numbers = [(one.rows, one.answered, one.linked, one.later) for one in tallies]
    return tally(*map(sum, zip(*numbers, strict=True)))


def health_of(engine: duckdb.DuckDBPyConnection, *, now: datetime, days: int = 30) -> Health:
    """Read the share linked from an open ledger. now: aware. days: how many, today included."""
    since = now.astimezone(UTC).date() - timedelta(days=days - 1)
    by_row = _answer(engine, "health.sql", since=since)
    on_their_way = _answer(engine, "on_their_way.sql")
    last_run = _last_run(engine)
    ends = _Ends(now, last_run, [(_day(first), _day(last)) for first, last, *_ in on_their_way])
    conversions = _gathered((day, tally(*sums)) for day, _, _, *sums in by_row)
    span = _span(conversions, ends)
    basis = Basis.ROW if any(one.answered for one in conversions.values()) else Basis.BATCH
    if basis is Basis.ROW:
        shown = _days(conversions, span, ends.conversions_may_come)
    else:
        by_batch = _answer(engine, "health_by_batch.sql", since=since)
        uploads = {day: tally(*sums) for day, *sums in by_batch}
        shown = _days(uploads, _span(uploads, ends), ends.uploads_may_come)
    return Health(
        asked_at=now,
        basis=basis,
        total=add(day.tally for day in shown),
        days=shown,
        by_kind=_parts(((kind, day, tally(*s)) for day, _, kind, *s in by_row), span, ends),
        by_target=_parts(((target, day, tally(*s)) for day, target, _, *s in by_row), span, ends),
        waiting=Waiting(
            sum(rows for *_, rows in on_their_way),
            min((_moment(started) for _, _, started, _ in on_their_way), default=None),
        ),
        last_run=last_run,
    )


class _Ends(Struct, frozen=True):
    """When a day is over for us."""

    now: datetime
    last_run: datetime | None
    on_their_way: list[tuple[date, date]]
    """The first and the last day in each uploading that has no last status."""

    @property
    def today(self) -> date:
        return self.now.astimezone(UTC).date()

    def conversions_may_come(self, day: date) -> bool:
        """Whether conversions of a day may not have been sent, or not been answered."""
        if any(first <= day <= last for first, last in self.on_their_way):
            return True
        end = datetime.combine(day + timedelta(days=1), time(), UTC)
        was_sent_since = self.last_run is not None and self.last_run >= end
        return not was_sent_since and self.now < end + PATIENCE

    def uploads_may_come(self, day: date) -> bool:
        """Whether the day has not ended."""
        return day >= self.today


PATIENCE: Final = timedelta(days=2)
"""After that a day without rows is one, and an uploading without a last status is stuck: a nightly
export comes within a day, and one may fail; Metrica takes up to two hours."""


def _answer(
    engine: duckdb.DuckDBPyConnection, query: str, **terms: object
) -> list[tuple[Any, ...]]:
    return engine.execute(text_of(query), terms).fetchall()


def _last_run(engine: duckdb.DuckDBPyConnection) -> datetime | None:
    (started,) = engine.execute("select max(started_at) from runs").fetchall()[0]
    return None if started is None else _moment(started)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _day(seconds: int) -> date:
    return _moment(seconds).date()


def _gathered(tallies: Iterable[tuple[date, Tally]]) -> dict[date, Tally]:
    found: dict[date, list[Tally]] = {}
    for day, one in tallies:
        found.setdefault(day, []).append(one)
    return {day: add(each) for day, each in found.items()}


def _span(days: dict[date, Tally], ends: _Ends) -> list[date]:
    """From the first day with rows to the last, or to yesterday where nothing came since."""
    if not days:
        return []
    first, last = min(days), max(*days, ends.today - timedelta(days=1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _days(
    tallies: dict[date, Tally], span: Iterable[date], may_come: Callable[[date], bool]
) -> tuple[Day, ...]:
    return tuple(Day(day, tallies.get(day, tally()), may_come(day)) for day in span)


def _parts(
    tallies: Iterable[tuple[str, date, Tally]], span: list[date], ends: _Ends
) -> tuple[Part, ...]:
    found: dict[str, list[tuple[date, Tally]]] = {}
    for name, day, one in tallies:
        found.setdefault(name, []).append((day, one))
    parts = [
        Part(
            name,
            add(one for _, one in each),
            _days(_gathered(each), span, ends.conversions_may_come),
        )
        for name, each in found.items()
    ]
    return tuple(sorted(parts, key=lambda part: (-part.total.rows, part.name)))
