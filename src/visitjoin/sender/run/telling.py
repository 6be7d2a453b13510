"""How far a run is, told to whoever wants to know."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from visitjoin.contract.uploads import Uploading
from visitjoin.sender.api.client import Progress


class Step(StrEnum):
    """What a run has come to. Of these, `written` to `accepted` are told for each batch."""

    CHECKING = "checking"
    PLANNED = "planned"
    WRITTEN = "written"
    """The file of a batch is on disk, and the ledger does not know it yet."""
    RECORDED = "recorded"
    """The ledger has the batch and its rows; nothing of it has left."""
    UPLOADING = "uploading"
    ANSWERED = "answered"
    """The server has answered, and the ledger does not know it yet."""
    ACCEPTED = "accepted"
    """The ledger has the answer."""
    TRACKING = "tracking"
    CONCLUDED = "concluded"
    """The ledger has the last status of an uploading."""
    REPORTING = "reporting"


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Whom to tell how far a run is."""

    step: Callable[[Step], None] = lambda _: None
    sent: Progress | None = None
    status: Callable[[Uploading], None] | None = None
    remark: Callable[[str], None] = lambda _: None
    """Told, in a sentence, what a person should know and is no fault of the run."""
