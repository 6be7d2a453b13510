"""Conversions and visits in; one outcome for each conversion out."""

from visitjoin.linking.engine import link
from visitjoin.linking.memory import check_memory_limit, default_memory_limit

__all__ = ["check_memory_limit", "default_memory_limit", "link"]
