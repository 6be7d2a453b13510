"""What a text in a request may hold."""

import re
from typing import Final

TEXT_PATTERN: Final = r"^[^\x00-\x1f\x7f]*\Z"
"""No control characters: no client shows them, and PostgreSQL does not store a zero byte."""

LONGEST_NAME: Final = 255
"""Characters of a goal's name (goal reference), and of a counter's."""

_TEXT: Final = re.compile(TEXT_PATTERN)


def is_text(value: str) -> bool:
    """Whether a value of one line has no control characters."""
    return _TEXT.match(value) is not None


def is_name(value: str) -> bool:
    """Whether a value can name a goal or a counter."""
    return 0 < len(value) <= LONGEST_NAME and is_text(value)
