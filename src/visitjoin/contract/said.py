"""A sentence whose values are still apart from it, so that it can be said in another language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Said:
    """A sentence. As text, `str(said)`, it is English."""

    text: str
    """With `%(name)s` where a value stands; a percent sign is written twice."""
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """In English."""
        return self.text % self.values


@dataclass(frozen=True)
class Moment:
    """A value that is a moment, aware."""

    at: datetime

    def __str__(self) -> str:
        """As it is written in English, and by programs: to the second, in UTC."""
        return f"{self.at:%Y-%m-%d %H:%M:%S} UTC"


@dataclass(frozen=True)
class Quantity:
    """A value that is a number of things."""

    number: int

    def __str__(self) -> str:
        """As it is written in English."""
        return f"{self.number:,}"
