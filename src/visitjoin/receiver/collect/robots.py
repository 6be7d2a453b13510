"""Whose User-Agent is that of a robot?

The list is that of crawler-user-agents. Programs that only use a library for HTTP are no robots
here: the Measurement Protocol is made for them.
"""

from functools import lru_cache
from typing import Final

from crawleruseragents import CRAWLER_USER_AGENTS_DATA, matching_crawlers

_PROGRAMS: Final = "http-library"

_SEEN: Final = 4096
"""User-Agents that are remembered: a busy site sees some hundreds an hour."""


@lru_cache(_SEEN)
def is_robot(user_agent: str) -> bool:
    """Whether a User-Agent is that of a robot: of a search engine, a monitor, a scanner."""
    return any(
        _PROGRAMS not in CRAWLER_USER_AGENTS_DATA[number].get("tags", ())
        for number in matching_crawlers(user_agent)
    )
