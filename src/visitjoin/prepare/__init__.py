"""A table in; conversions and rejected rows out. Knows nothing of HTTP or servers."""

import visitjoin.prepare.allocator  # noqa: F401 - before anything that imports Polars
from visitjoin.prepare.mapping import Condition, Mapping, TargetByValue
from visitjoin.prepare.mapping_file import read_mapping
from visitjoin.prepare.money import money_by_currency
from visitjoin.prepare.pieces import Piece
from visitjoin.prepare.sources import Files, Query, Source
from visitjoin.prepare.table import Prepared, prepare

__all__ = [
    "Condition",
    "Files",
    "Mapping",
    "Piece",
    "Prepared",
    "Query",
    "Source",
    "TargetByValue",
    "money_by_currency",
    "prepare",
    "read_mapping",
]
