"""What do people call an outcome, a status, a source of traffic, a reason?

What each text says in English; `Language.say` says it in another language.
"""

from typing import Final, NamedTuple

from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.uploads import UploadStatus, UploadType
from visitjoin.receiver.explaining import BEFORE_TRACKING, NO_VISITS


class Named(NamedTuple):
    """A name, what it means, and the class that colours it."""

    name: str
    meaning: str
    css: str


OUTCOMES: Final = {
    Outcome.LINKED: Named(
        "Joined to a visit",
        "We know the visit that brought it, and so the source and the campaign.",
        "linked",
    ),
    Outcome.VISITOR_NOT_FOUND: Named(
        "Visitor not known", "No visit carries any identifier of the row.", "unlinked"
    ),
    Outcome.NO_VISIT_IN_WINDOW: Named(
        "Visit too long ago",
        "The visitor is known, but came before the days that are joined.",
        "unlinked shade-1",
    ),
    Outcome.BEFORE_FIRST_VISIT: Named(
        "Earlier than any visit",
        "All visits of this visitor came after the conversion.",
        "unlinked shade-2",
    ),
    Outcome.GOAL_NOT_FOUND: Named(
        "No such goal", "The counter has no goal with this Target.", "unlinked shade-3"
    ),
    Outcome.STATIC_CALL: Named(
        "Call of nobody",
        "A call to a number that all visitors see belongs to no visit.",
        "kept",
    ),
    Outcome.DUPLICATE: Named(
        "Repeated", "The same conversion stands again below; the last one counts.", "kept shade-1"
    ),
    Outcome.REJECTED: Named(
        "Rejected", "The row breaks a rule, and nothing of it is counted.", "rejected"
    ),
}

STATUSES: Final = {
    UploadStatus.PREPARED: Named("Received", "It waits for its turn.", "running"),
    UploadStatus.UPLOADED: Named("Received", "It waits for its turn.", "running"),
    UploadStatus.EXPORTED: Named("Stored", "Its rows are being joined to visits.", "running"),
    UploadStatus.MATCHED: Named("Joined", "Its rows are being counted.", "running"),
    UploadStatus.PROCESSED: Named("Done", "Every row has its outcome.", "good"),
    UploadStatus.LINKAGE_FAILURE: Named(
        "Done, nothing joined", "Every row has its outcome, and no row was joined.", "bad"
    ),
}

TYPES: Final = {
    UploadType.BASIC.value: "Conversions",
    UploadType.CALLS.value: "Calls",
    UploadType.CHATS.value: "Chats",
}

UNKNOWN_SOURCE: Final = "Source not known"

SOURCES: Final = {
    "ad": "Advertising",
    "organic": "Search engines",
    "direct": "Direct",
    "internal": "Within the site",
    "referral": "Links on other sites",
    "social": "Social networks",
    "email": "Newsletters",
    "messenger": "Messengers",
    "recommend": "Recommendations",
    "qrcode": "QR codes",
    "saved": "Saved pages",
    "undefined": UNKNOWN_SOURCE,
    "": UNKNOWN_SOURCE,
}
"""The traffic sources of the Logs API, in Metrica's words; another stays as it is."""

KINDS: Final = {kind.value: kind.column.value for kind in IdentifierKind}
"""The column of an identifier, by its name in a link."""

IN_THE_CONSOLE: Final = {
    BEFORE_TRACKING: (
        "Their visitors are known, but by visits before %(cut_off)s: tracking is enabled since "
        "then. Where you have the visits before it, let them count, on the first page of the "
        "counter, and upload the rows again."
    ),
    NO_VISITS: (
        "The counter has no visits yet. Put the tag into the pages of the site, or let who runs "
        "the receiver import visits."
    ),
}
"""What is said here in place of a sentence that names a command."""

NAMES: Final = (
    *IN_THE_CONSOLE.values(),
    *(text for named in (*OUTCOMES.values(), *STATUSES.values()) for text in named[:2]),
    *TYPES.values(),
    *dict.fromkeys(SOURCES.values()),
)
"""All texts of this module, for who looks whether a language has them."""
