"""The one fate of a row: a closed list, used by both ends.

Every row of every upload ends in exactly one outcome, so rows in = sum of outcomes, always.
"""

from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """Where a row ended. The order is that of the questions asked: the first that holds wins."""

    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    GOAL_NOT_FOUND = "goal_not_found"
    VISITOR_NOT_FOUND = "visitor_not_found"
    NO_VISIT_IN_WINDOW = "no_visit_in_window"
    BEFORE_FIRST_VISIT = "before_first_visit"
    STATIC_CALL = "static_call"
    LINKED = "linked"

    @property
    def sentence(self) -> str:
        """What this outcome means, for a report."""
        return _SENTENCES[self]


_SENTENCES: Final = {
    Outcome.REJECTED: "broke a rule of the contract; its reason stands beside it",
    Outcome.DUPLICATE: "the same conversion stands in a later row, which counts instead",
    Outcome.GOAL_NOT_FOUND: "no JavaScript-event goal of the counter has this Target",
    Outcome.VISITOR_NOT_FOUND: "no visit carries any of its identifiers",
    Outcome.NO_VISIT_IN_WINDOW: "the visitor is known, but the visit is older than the cut-off",
    Outcome.BEFORE_FIRST_VISIT: "every visit of this visitor came after the conversion",
    Outcome.STATIC_CALL: "a call to a number that all visitors see: it belongs to no visit",
    Outcome.LINKED: "joined to a visit",
}

NOT_LINKED: Final = (
    Outcome.GOAL_NOT_FOUND,
    Outcome.VISITOR_NOT_FOUND,
    Outcome.NO_VISIT_IN_WINDOW,
    Outcome.BEFORE_FIRST_VISIT,
    Outcome.STATIC_CALL,
)
"""Accepted, counted, and without a visit."""

MAY_LINK_LATER: Final = (
    Outcome.VISITOR_NOT_FOUND,
    Outcome.NO_VISIT_IN_WINDOW,
    Outcome.BEFORE_FIRST_VISIT,
)
"""Their visit may still arrive: `docs/explanation/linking.md`, "Visits that come late"."""
