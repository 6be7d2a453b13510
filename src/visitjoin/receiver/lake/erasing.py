"""How does everything that names one visitor leave the lake?

Hits and visits go. Conversions are the sender's facts, with counts that must add up, so they stay
and lose what names the visitor: their identifiers, what a call or a chat says of a person, the
value for which a row was rejected, and the link to the visit. Then the files that held it go at
once, and so do the older parts of Delta's log, in which a table's least and greatest values stand.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

import stamina
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.receiver.lake.compacting import TRIES
from visitjoin.receiver.lake.forgetting import remove
from visitjoin.receiver.lake.hits import show_hits_of
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.reading import query, show
from visitjoin.receiver.lake.tables import PARTITION, UPLOADING, LakeTable

_COLUMNS: Final = ("client_id", "user_id", "yclid", "purchase_id")
_OF_A_PERSON: Final = {
    LakeTable.CALLS: ("phone_number",),
    LakeTable.CHATS: ("chat_username", "chat_user_id", "phone_number"),
}
_LINKS: Final = (LakeTable.LINKS, LakeTable.LATE_LINKS)

_TELLING: Final = 10
"""Characters. A shorter identifier stands in the values of others by chance."""

_LOG_KEPT: Final = "delta.logRetentionDuration"
_MONTH: Final = "interval 30 days"
"""Delta's own default."""


@dataclass(frozen=True, kw_only=True)
class Erased:
    """Rows that went, and rows that lost what named the visitor."""

    hits: int = 0
    visits: int = 0
    conversions: int = 0
    rejected_rows: int = 0


@dataclass(frozen=True)
class Names:
    """By what a visitor is named in one counter."""

    by_kind: dict[IdentifierKind, frozenset[str]]

    @property
    def all(self) -> frozenset[str]:
        """Every identifier, of whatever kind."""
        return frozenset().union(*self.by_kind.values())

    def predicate(self, *kinds: IdentifierKind) -> str:
        """Which rows have one of them, of these kinds, in the column of its kind."""
        sought = [
            f"{kind.value.lower()} in ({_texts(self.by_kind[kind])})"
            for kind in kinds
            if self.by_kind[kind]
        ]
        return f"({' or '.join(sought)})" if sought else "false"


def names_of(lake: Lake, counter_id: int, kind: IdentifierKind, identifier: str) -> Names:
    """By what a visitor is named, beside the identifier that is known.

    kind: CLIENT_ID or USER_ID. A UserId stands for every ClientID that was seen with it.
    """
    asked = {
        "client_id": identifier if kind is IdentifierKind.CLIENT_ID else None,
        "user_id": identifier if kind is IdentifierKind.USER_ID else None,
    }
    with lake.connect() as connection:
        show(lake, connection, LakeTable.VISITS, counter_id)
        show_hits_of(lake, connection, counter_id)
        found = connection.execute(query("named_by"), asked).fetchall()
    return Names(
        {
            each: frozenset(name for named, name in found if named == each.value)
            for each in IdentifierKind
        }
    )


@stamina.retry(on=CommitFailedError, attempts=TRIES, timeout=None)
def erase(lake: Lake, counter_id: int, names: Names) -> Erased:
    """Remove a visitor from a counter's rows. On disk when this returns; may be repeated.

    Raises CommitFailedError where somebody changed the same files five times.
    """
    of_visitor = names.predicate(IdentifierKind.CLIENT_ID, IdentifierKind.USER_ID)
    visits = _ids_of_visits(lake, counter_id, of_visitor)
    rows = _rows_naming(lake, counter_id, names)
    for table, columns in _OF_A_PERSON.items():
        _blank(lake, table, counter_id, _these(rows), columns)
    for table in _LINKS:
        _blank(lake, table, counter_id, f"visit_id in ({_texts(visits)})", ["visit_id"])
    return Erased(
        rejected_rows=_blank(lake, LakeTable.REJECTS, counter_id, _holding(names.all), ["value"]),
        conversions=_blank(
            lake, LakeTable.CONVERSIONS, counter_id, names.predicate(*IdentifierKind), _COLUMNS
        ),
        visits=_remove(lake, LakeTable.VISITS, counter_id, of_visitor),
        # Last: what else names the visitor is found by them, where this has to be repeated.
        hits=_remove(lake, LakeTable.HITS, counter_id, of_visitor),
    )


def remove_traces(lake: Lake) -> None:
    """Remove what the tables were before: replaced files, and the log that describes them.

    Who reads a replaced file at this moment fails, and has to ask again.
    """
    for table in LakeTable:
        delta = lake.open(table)
        # Only what the log has as removed: a file that is on its way into the table is not in it.
        delta.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
        _shorten_log(lake, delta)


def _shorten_log(lake: Lake, delta: DeltaTable) -> None:
    delta.alter.set_table_properties({_LOG_KEPT: "interval 0 days"})
    try:
        delta = DeltaTable(delta.table_uri)
        delta.create_checkpoint()
        delta.cleanup_metadata()
    finally:
        delta.alter.set_table_properties({_LOG_KEPT: _MONTH})
    lake.settle(delta)


def _remove(lake: Lake, table: LakeTable, counter_id: int, predicate: str) -> int:
    return remove(lake, lake.open(table), f"{PARTITION} = {counter_id:d} and {predicate}")


def _blank(
    lake: Lake, table: LakeTable, counter_id: int, predicate: str, columns: Iterable[str]
) -> int:
    before = lake.open(table)
    done = lake.open(table).update(
        predicate=f"{PARTITION} = {counter_id:d} and {predicate}",
        updates=dict.fromkeys(columns, "null"),
    )
    lake.settle_after(before)
    return int(done["num_updated_rows"])


def _ids_of_visits(lake: Lake, counter_id: int, predicate: str) -> list[str]:
    with lake.connect() as connection:
        show(lake, connection, LakeTable.VISITS, counter_id)
        found = connection.execute(f"select visit_id from visits where {predicate}")  # noqa: S608 - quoted
        return [visit_id for (visit_id,) in found.fetchall()]


def _rows_naming(lake: Lake, counter_id: int, names: Names) -> list[tuple[int, int]]:
    with lake.connect() as connection:
        show(lake, connection, LakeTable.CONVERSIONS, counter_id)
        predicate = names.predicate(*IdentifierKind)
        found = connection.execute(
            f"select {UPLOADING}, row_no from conversions where {predicate}"  # noqa: S608 - quoted
        )
        return [(uploading, row_no) for uploading, row_no in found.fetchall()]


def _these(rows: Collection[tuple[int, int]]) -> str:
    each = [f"({UPLOADING} = {uploading:d} and row_no = {row_no:d})" for uploading, row_no in rows]
    return f"({' or '.join(each)})" if each else "false"


def _holding(names: Iterable[str]) -> str:
    """Which rejected values hold a name: a damaged identifier is rejected as it was written."""
    sought = [f"value = {_texts([name])}" for name in names]
    sought += [f"strpos(value, {_texts([name])}) > 0" for name in names if len(name) >= _TELLING]
    return f"({' or '.join(sought)})" if sought else "false"


def _texts(values: Iterable[str]) -> str:
    """A list of texts as SQL writes them; one that no value equals where there are none."""
    quoted = ["'" + value.replace("'", "''") + "'" for value in sorted(values)]
    return ", ".join(quoted) or "null"
