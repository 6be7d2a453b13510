"""A table in; conversions and rejected rows out. Knows nothing of HTTP or servers."""

from visitjoin.prepare.mapping import Mapping
from visitjoin.prepare.money import money_by_currency
from visitjoin.prepare.pieces import Piece
from visitjoin.prepare.sources import Files, Query, Source
from visitjoin.prepare.table import Prepared, prepare

__all__ = [
    "Files",
    "Mapping",
    "Piece",
    "Prepared",
    "Query",
    "Source",
    "money_by_currency",
    "prepare",
]
