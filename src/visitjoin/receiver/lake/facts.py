"""What facts stand behind the outcomes of an uploading?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import duckdb

from visitjoin.contract.explanation import MOST_VISITS
from visitjoin.contract.identifiers import MOST_SPECIFIC_FIRST, IdentifierKind
from visitjoin.contract.outcomes import Outcome
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query, show, show_links
from visitjoin.receiver.lake.tables import LakeTable


class Seen(NamedTuple):
    """A visit of the visitor whom a row names. started_at: Unix seconds, UTC."""

    visit_id: str
    started_at: int
    kind: IdentifierKind


@dataclass(frozen=True, kw_only=True)
class FactsOfRow:
    """What there is to know of an accepted row."""

    identifiers: tuple[IdentifierKind, ...]
    """The most specific first."""
    happened_at: int
    """Unix seconds, UTC."""
    last_same: int
    """The last row of the uploading that is the same conversion; its own number where none is."""
    visits: tuple[Seen, ...]
    """At most MOST_VISITS: those before the conversion first, the nearest before the others."""
    visits_in_all: int


class Rejected(NamedTuple):
    """Rows that were rejected alike."""

    reason: str
    column: str | None
    rows: int


class NotLinked(NamedTuple):
    """Accepted rows that were not linked, and have this in common."""

    outcome: Outcome
    kind: IdentifierKind | None
    """Their most specific; None where they have no identifier, as chats may."""
    target: str | None
    """Where no goal has it."""
    rows: int


@dataclass(frozen=True, kw_only=True)
class FactsOfUploading:
    """What the rows of an uploading have in common."""

    rejected: Sequence[Rejected]
    not_linked: Sequence[NotLinked]
    has_visits: bool
    """Whether the counter has any visit."""
    soon_before_a_visit: int
    """Rows `before_first_visit` whose visitor came within the hours by which zones differ."""


def facts_of_row(lake: Lake, counter_id: int, uploading_id: int, row_no: int) -> FactsOfRow | None:
    """What stands behind an accepted row's outcome; None where there is no such row."""
    with lake.connect() as connection:
        show(lake, connection, LakeTable.CONVERSIONS, counter_id, uploading_id)
        show(lake, connection, LakeTable.VISITS, counter_id)
        found = _ask(connection, "row_of_uploading", uploading=uploading_id, row=row_no)
        if not found:
            return None
        ((*identifiers, happened_at, last_same),) = found
        client_id, user_id, yclid, purchase_id = identifiers
        given = {
            IdentifierKind.CLIENT_ID: client_id,
            IdentifierKind.USER_ID: user_id,
            IdentifierKind.YCLID: yclid,
            IdentifierKind.PURCHASE_ID: purchase_id,
        }
        visits = _ask(
            connection,
            "visits_of_visitor",
            client_id=client_id,
            user_id=user_id,
            yclid=yclid,
            purchase_id=purchase_id,
            happened_at=happened_at,
            most=MOST_VISITS,
        )
    return FactsOfRow(
        identifiers=tuple(kind for kind in MOST_SPECIFIC_FIRST if given[kind] is not None),
        happened_at=happened_at,
        last_same=last_same,
        visits=tuple(Seen(id_, start, IdentifierKind(kind)) for id_, start, kind, _ in visits),
        visits_in_all=visits[0][-1] if visits else 0,
    )


def facts_of_uploading(
    lake: Lake, counter_id: int, uploading_id: int, *, zones: int
) -> FactsOfUploading:
    """What the rows of an uploading have in common.

    zones: seconds by which the clocks of two zones may differ.
    """
    with lake.connect() as connection:
        show_links(lake, connection, counter_id, uploading_id)
        for table in (LakeTable.CONVERSIONS, LakeTable.REJECTS):
            show(lake, connection, table, counter_id, uploading_id)
        show(lake, connection, LakeTable.VISITS, counter_id)
        rejected = _ask(connection, "rejects_by_reason", uploading=uploading_id)
        others = _ask(connection, "not_linked", uploading=uploading_id)
        ((soon,),) = _ask(connection, "soon_after", uploading=uploading_id, seconds=zones)
        has_visits = bool(connection.execute("select 1 from visits limit 1").fetchall())
    return FactsOfUploading(
        rejected=[Rejected(*row) for row in rejected],
        not_linked=[
            NotLinked(Outcome(outcome), IdentifierKind(kind) if kind else None, target, rows)
            for outcome, kind, target, rows in others
        ],
        has_visits=has_visits,
        soon_before_a_visit=soon,
    )


def _ask(
    connection: duckdb.DuckDBPyConnection, name: str, **asked: object
) -> list[tuple[Any, ...]]:
    return connection.execute(query(name), asked).fetchall()
