"""What a token allows: the scopes of the API that offline conversions have to do with.

Source: introduction, "Authorization". The API has two more, for expenses and for parameters of
users, which nothing here asks for.
"""

from enum import StrEnum


class Scope(StrEnum):
    """One scope, by the API's name."""

    READ = "metrika:read"
    """Statistics, and the settings of counters."""

    WRITE = "metrika:write"
    """Make and change counters, and any upload."""

    OFFLINE_DATA = "metrika:offline_data"
    """Upload offline conversions and calls."""
