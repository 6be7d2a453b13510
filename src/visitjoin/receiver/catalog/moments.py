"""How does a moment go into the catalog and come out again?"""

from datetime import UTC, datetime


def seconds(moment: datetime) -> int:
    """Unix seconds of an aware moment, a fraction of a second left out."""
    return int(moment.timestamp())


def moment(seconds: int) -> datetime:
    """The moment, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def maybe_moment(seconds: int | None) -> datetime | None:
    """The moment, in UTC; None where none is kept."""
    return None if seconds is None else moment(seconds)
