"""Calls: what a file of them has beside the columns of basic conversions.

Source: the API guide, "Transferring data on calls". A call has no Target: all calls of a counter
reach one goal, which is made when the first file of calls is taken.
"""

from enum import StrEnum
from typing import Final


class CallColumn(StrEnum):
    """A column that only calls have, in the order of the guide. None of them is required."""

    STATIC_CALL = "StaticCall"
    PHONE_NUMBER = "PhoneNumber"
    TALK_DURATION = "TalkDuration"
    HOLD_DURATION = "HoldDuration"
    CALL_MISSED = "CallMissed"
    TAG = "Tag"
    FIRST_TIME_CALLER = "FirstTimeCaller"
    URL = "URL"
    CALL_TRACKER_URL = "CallTrackerURL"

    @property
    def field(self) -> str:
        """Its name in `contract.tables.CALL`."""
        return _FIELD_OF[self]


_FIELD_OF: Final = {
    CallColumn.STATIC_CALL: "static_call",
    CallColumn.PHONE_NUMBER: "phone_number",
    CallColumn.TALK_DURATION: "talk_duration",
    CallColumn.HOLD_DURATION: "hold_duration",
    CallColumn.CALL_MISSED: "call_missed",
    CallColumn.TAG: "tag",
    CallColumn.FIRST_TIME_CALLER: "first_time_caller",
    CallColumn.URL: "url",
    CallColumn.CALL_TRACKER_URL: "call_tracker_url",
}

FLAGS: Final = (CallColumn.STATIC_CALL, CallColumn.CALL_MISSED, CallColumn.FIRST_TIME_CALLER)
"""Columns of 1 for yes and 0 for no. An empty StaticCall is 0 (our choice)."""

DURATIONS: Final = (CallColumn.TALK_DURATION, CallColumn.HOLD_DURATION)
"""Columns of whole seconds."""

FLAG_PATTERN: Final = "^[01]$"

DURATION_PATTERN: Final = "^[0-9]{1,9}$"
"""Nine digits are thirty years."""

PHONE_PATTERN: Final = r"^\+?[0-9]{7,15}$"
"""Without blanks, with the codes of country and area (guide); 15 digits at most (ITU-T E.164)."""

CALL_TARGET: Final = "offline_call"
"""The identifier of the goal that calls reach. Our choice: Metrica's is not documented."""

CALL_GOAL_NAME: Final = "Call"
"""The name of that goal, where the first upload gives none (our choice)."""

_BY_FOLDED_NAME: Final = {column.value.casefold(): column for column in CallColumn}


def call_column_named(header: str) -> CallColumn | None:
    """Which column a header names: case, surrounding blanks and a BOM do not matter."""
    return _BY_FOLDED_NAME.get(header.strip("\ufeff \t\r\n").casefold())
