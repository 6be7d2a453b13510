"""Which Delta tables are there, and what are their columns?"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import pyarrow as pa

from visitjoin.contract import tables


class LakeTable(StrEnum):
    """A table of the lake, by the name of its folder."""

    VISITS = "visits"
    HITS = "hits"
    """Of our own collection; visits are made of them."""
    CONVERSIONS = "conversions"
    CALLS = "calls"
    CHATS = "chats"
    REJECTS = "rejects"
    LINKS = "links"
    """What became of the conversions when they were linked first."""
    LATE_LINKS = "late_links"
    """What became of some of them when visits had come late."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Its columns as `contract.tables` types, without those that say whose row it is."""
        return _COLUMNS[self]

    @property
    def schema(self) -> pa.Schema:
        """All its columns, those first that say whose row it is."""
        owner = [PARTITION] if self in _OF_NO_UPLOADING else [PARTITION, UPLOADING]
        return pa.schema(
            [(name, pa.int64()) for name in owner]
            + [(name, _ARROW[type_]) for name, type_ in self.columns.items()]
        )

    @property
    def configuration(self) -> Mapping[str, str | None]:
        """What is set about the table when it is made."""
        return _CONFIGURATION.get(self, {})


PARTITION: Final = "counter_id"
"""Every table is partitioned by it: no reader ever wants the rows of two counters."""

UPLOADING: Final = "uploading_id"

IMPORTS: Final = "imports"
"""How many imports of visits the counter had when a late link was found."""

_OF_NO_UPLOADING: Final = (LakeTable.VISITS, LakeTable.HITS)

# Which rows of which uploading were appended is asked again where a process died in between, and
# a receiver may stand still for months before it carries on. For ever, the log would grow with
# every uploading. Visits and hits count their imports in theirs, so they keep them.
_APPENDED_ONCE: Final = {"delta.setTransactionRetentionDuration": "interval 365 days"}

# A file is sought by its uploadings. Delta's log would have the least and the greatest of the other
# columns as well, so those of identifiers, which outlive in it the visitor who is forgotten.
_SOUGHT_BY: Final = {"delta.dataSkippingStatsColumns": f"{UPLOADING},row_no"}

_CONFIGURATION: Final[dict[LakeTable, dict[str, str | None]]] = {
    **{
        table: {**_APPENDED_ONCE, **_SOUGHT_BY}
        for table in LakeTable
        if table not in _OF_NO_UPLOADING
    },
    LakeTable.HITS: {"delta.dataSkippingStatsColumns": "happened_at,received_ms,batch"},
}

_COLUMNS: Final = {
    LakeTable.VISITS: tables.VISIT,
    LakeTable.HITS: tables.HIT,
    LakeTable.CONVERSIONS: tables.CONVERSION,
    LakeTable.CALLS: tables.CALL,
    LakeTable.CHATS: tables.CHAT,
    LakeTable.REJECTS: tables.REJECT,
    LakeTable.LINKS: tables.LINK,
    LakeTable.LATE_LINKS: tables.LINK | {IMPORTS: "bigint"},
}

_ARROW: Final = {
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "string": pa.string(),
    "array<string>": pa.list_(pa.string()),
    tables.PRICE_TYPE: pa.decimal128(tables.PRICE_PRECISION, tables.PRICE_SCALE),
}
