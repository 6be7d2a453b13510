"""Who wrote what, and when? A log to which lines are only added, until they are old enough.

No line holds a token, a value from a request, or anything about a visitor.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select

from visitjoin.receiver.catalog.moments import moment, seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import AUDIT


@dataclass(frozen=True, kw_only=True)
class Written:
    """One attempt to write something, and what came of it."""

    made_at: datetime
    """Aware; kept to the second."""
    made_by: str
    """The name of the token that it came with."""
    action: str
    """Method and path with the names of its parameters, or a command."""
    counter_id: int | None = None
    object: str | None = None
    """What it was about, such as `goal 7`; None where the counter says it all."""
    result: str
    """The status of the answer, or `done` of a command."""


def note(catalog: Catalog, written: Written) -> None:
    """Add a line."""
    row = {
        "made_at": seconds(written.made_at),
        "made_by": written.made_by,
        "action": written.action,
        "counter_id": written.counter_id,
        "object": written.object,
        "result": written.result,
    }
    with catalog.begin() as connection:
        connection.execute(_NOTE, row)


_NOTE: Final = insert(AUDIT)


def noted(catalog: Catalog, *, since: datetime, made_by: str | None = None) -> tuple[Written, ...]:
    """The lines since a moment, oldest first. made_by: only those of the token of this name."""
    asked = select(AUDIT).where(AUDIT.c.made_at >= seconds(since)).order_by(AUDIT.c.id)
    if made_by is not None:
        asked = asked.where(AUDIT.c.made_by == made_by)
    with catalog.connect() as connection:
        return tuple(
            Written(
                made_at=moment(row.made_at),
                made_by=row.made_by,
                action=row.action,
                counter_id=row.counter_id,
                object=row.object,
                result=row.result,
            )
            for row in connection.execute(asked)
        )


def forget(catalog: Catalog, *, before: datetime) -> None:
    """Remove the lines of before a moment."""
    with catalog.begin() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.made_at < seconds(before)))
