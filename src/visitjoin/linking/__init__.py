"""Conversions and visits in; one outcome for each conversion out."""

from visitjoin.linking.engine import link
from visitjoin.linking.memory import default_memory_limit

__all__ = ["default_memory_limit", "link"]
