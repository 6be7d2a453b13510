"""Can I upload, and how far back? The token, the goals and the tracking window, in that order."""

import re
from datetime import datetime
from typing import Final

from msgspec import Struct

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.counters import Counter
from visitjoin.contract.errors import Refused
from visitjoin.contract.goals import targets_of
from visitjoin.contract.window import first_upload
from visitjoin.sender.api.client import Metrica


class Checked(Struct, frozen=True, kw_only=True):
    """What was found. `can_upload` is the answer; `problems` say what is in its way."""

    counter: Counter | None
    targets: tuple[str, ...]
    """The Targets that reach a goal."""
    joined_from: datetime | None
    """The earliest start of a visit that can be joined; aware, UTC. None where tracking is off."""
    taken_from: datetime | None
    """Where tracking is new: from when on Metrica takes uploads, and a receiver of one's own that
    was told to wait; aware, UTC. None where it has been on for a day."""
    problems: tuple[str, ...]

    @property
    def can_upload(self) -> bool:
        """Whether nothing is in the way of an upload that can link."""
        return not self.problems


def check(metrica: Metrica, *, clock: Clock = system_clock) -> Checked:
    """Ask a server whether an upload would be taken and could link. Changes nothing.

    Raises TryLater where the server cannot be reached.
    """
    try:
        counter = metrica.counter()
    except Refused as refusal:
        return Checked(
            counter=None, targets=(), joined_from=None, taken_from=None, problems=(str(refusal),)
        )
    problems = []
    targets = tuple(targets_of(metrica.goals()))
    if not targets:
        problems.append(
            "No goal can be reached by an offline conversion. Create one: "
            f"visitjoin goals create --counter {counter.id} --name NAME --target TARGET"
        )
    joined_from = None
    try:
        joined_from = metrica.join_threshold()
    except Refused as refusal:
        message = _RAW_CALL.sub("", refusal.message)
        # Our receiver names the command itself, and Metrica does not.
        told = "" if "visitjoin" in message else " Enable it: visitjoin tracking enable"
        problems.append(f"{message}{told}")
    return Checked(
        counter=counter,
        targets=targets,
        joined_from=joined_from,
        taken_from=first_upload(joined_from, clock()) if joined_from else None,
        problems=tuple(problems),
    )


_RAW_CALL: Final = re.compile(r" \(POST /\S+\)")
"""What our receiver says beside a command, to those who have only its API."""
