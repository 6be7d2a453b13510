"""All messages of the console: those of the templates, of the code, and of the closed lists."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

from babel.messages.extract import extract_from_dir

from visitjoin.contract.goals import MISTAKEN_TARGETS
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.reasons import Reason
from visitjoin.receiver.console.assumed import ASSUMED
from visitjoin.receiver.console.named import IN_THE_CONSOLE, NAMES
from visitjoin.receiver.explaining import WHAT_IS_SAID

Message = str | tuple[str, str]
"""A text, or that of one and that of many."""

_FOLDER: Final = Path(str(files("visitjoin.receiver.console")))
_METHODS: Final = [("**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
_KEYWORDS: Final = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "say_of": (1, 2)}


def messages() -> set[Message]:
    return {*_written(), *_of_lists()}


def _written() -> Iterator[Message]:
    found = extract_from_dir(_FOLDER, _METHODS, keywords=_KEYWORDS, options_map={})
    for _, _, message, _, _ in found:
        yield message if isinstance(message, str) else (message[0], message[1])


def _of_lists() -> Iterator[Message]:
    yield from NAMES
    yield from ASSUMED
    yield from MISTAKEN_TARGETS
    yield from (text for text in WHAT_IS_SAID if text not in IN_THE_CONSOLE)
    # As they are given to `Said`, and as a page shows them.
    yield from (reason.sentence for reason in Reason)
    yield from (
        f"{outcome.sentence.capitalize()}." for outcome in (Outcome.DUPLICATE, Outcome.STATIC_CALL)
    )
