"""A table in; conversions and rejected rows out. Knows nothing of HTTP or servers."""

from visitjoin.prepare.mapping import Condition, Mapping, TargetByValue
from visitjoin.prepare.mapping_file import read_mapping
from visitjoin.prepare.money import money_by_currency
from visitjoin.prepare.table import Prepared, prepare

__all__ = [
    "Condition",
    "Mapping",
    "Prepared",
    "TargetByValue",
    "money_by_currency",
    "prepare",
    "read_mapping",
]
