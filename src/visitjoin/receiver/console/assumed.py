"""What was assumed to read a table, in words of a page?

The checks say it in a sentence for who types commands: it begins with the place of the file and
ends with an option. Whoever dropped the table knows neither, and can save it in another way.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from visitjoin.contract.said import Said

_ENCODING: Final = (
    "The letters were read as %(encoding)s. Where they came out wrong, save the table as XLSX or "
    "as CSV in UTF-8."
)
_SHEETS: Final = (
    "Of %(number)s sheets the first was read, “%(name)s”. To have another one checked, put it "
    "first or save it by itself."
)
_SEPARATOR: Final = (
    "It is not certain which sign separates the columns. See below how they were read; where that "
    "is wrong, save the table as XLSX."
)

_IN_A_PAGE: Final = {
    _ENCODING: re.compile(r"It is not UTF-8 and was read as (?P<encoding>[^,]+), .*"),
    _SHEETS: re.compile(r'Of (?P<number>\d+) sheets the first was read, "(?P<name>.*)"\. Name .*'),
    _SEPARATOR: re.compile(r"The separator was taken to be .*"),
}

ASSUMED: Final = tuple(_IN_A_PAGE)
"""All texts of this module, for who looks whether a language has them."""


def said_of(warnings: Iterable[str], source: Path) -> Iterator[Said]:
    """What `Prepared.warnings` say of a table, without the place of its file.

    A sentence that is not known here is told as it is.
    """
    for warning in warnings:
        sentence = warning.removeprefix(f"{source}: ")
        yield next(
            (
                Said(text, found.groupdict())
                for text, pattern in _IN_A_PAGE.items()
                if (found := pattern.fullmatch(sentence))
            ),
            Said("%(sentence)s", {"sentence": sentence}),
        )
