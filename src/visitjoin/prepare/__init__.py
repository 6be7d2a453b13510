"""A table in; conversions and rejected rows out. Knows nothing of HTTP or servers."""

from visitjoin.prepare.mapping import Mapping
from visitjoin.prepare.money import money_by_currency
from visitjoin.prepare.table import Prepared, prepare

__all__ = ["Mapping", "Prepared", "money_by_currency", "prepare"]
