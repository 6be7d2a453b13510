"""Under which headings commands and their options stand in help, the most used first.

What a command has alone stands under "Parameters", as the library calls it.
"""

from enum import Enum
from typing import Final

from cyclopts import Group, Parameter

FIRST: Final = Group("First", sort_key=1)
SENDING: Final = Group("Send, and look after what was sent", sort_key=2)
COUNTER: Final = Group("The counter", sort_key=3)
STEPS: Final = Group("The steps of send, one by one", sort_key=4)
RECEIVER: Final = Group("A receiver of your own", sort_key=5)

WHAT: Final = Parameter(group=Group("What to send", sort_key=1))
READING: Final = Group("How to read the table", sort_key=2)
WRITING: Final = Parameter(group=Group("What to write", sort_key=3))
SERVER: Final = Group("Server", sort_key=4)
LIMITS: Final = Parameter(group=Group("Limits", sort_key=5))
EVERY_COMMAND: Final = Group("Options of every command", sort_key=99)


def default_told(value: object) -> str | None:
    """A default as help tells it. None where it says nothing: a switch that is off, no text."""
    if isinstance(value, Enum):
        return value.name.lower().replace("_", "-")
    return str(value) if value and value is not True else None
