"""Which scope does each call need?

The one place that says so: `auth` asks it at the door, docs/reference/tokens.md tells it, and a
test finds every call in it. What the API documents: uploads need metrika:write or
metrika:offline_data, what is only read needs metrika:read, and metrika:write makes the others
unnecessary. Where a call of it stands beyond that is our choice.
"""

from collections.abc import Collection
from enum import Enum
from typing import Final

from visitjoin.contract.scopes import Scope


class Right(Enum):
    """What a call does, and the scopes of which it needs one."""

    LOOK = frozenset({Scope.READ, Scope.WRITE})
    """Read settings and statistics."""

    FOLLOW = frozenset({Scope.READ, Scope.WRITE, Scope.OFFLINE_DATA})
    """Read what who uploads has to know: what became of a file, how far back one may reach."""

    UPLOAD = frozenset({Scope.WRITE, Scope.OFFLINE_DATA})
    """Bring conversions and calls, and take them back."""

    CHANGE = frozenset({Scope.WRITE})
    """Change counters and their settings, and bring the visits that everything is joined to."""

    def is_held(self, scopes: Collection[Scope]) -> bool:
        """Whether one of its scopes is among those of a token."""
        return not self.value.isdisjoint(scopes)


_COUNTER: Final = "/management/v1/counter/{counter_id}"
_OFFLINE: Final = f"{_COUNTER}/offline_conversions"
_OURS: Final = "/visitjoin/v1/counter/{counter_id}"

RIGHTS: Final = {
    ("GET", "/management/v1/counters"): Right.LOOK,
    ("POST", "/management/v1/counters"): Right.CHANGE,
    ("GET", _COUNTER): Right.LOOK,
    ("PUT", _COUNTER): Right.CHANGE,
    ("DELETE", _COUNTER): Right.CHANGE,
    ("GET", f"{_COUNTER}/goals"): Right.LOOK,
    ("POST", f"{_COUNTER}/goals"): Right.CHANGE,
    ("GET", f"{_COUNTER}/goal/{{goal_id}}"): Right.LOOK,
    ("PUT", f"{_COUNTER}/goal/{{goal_id}}"): Right.CHANGE,
    ("DELETE", f"{_COUNTER}/goal/{{goal_id}}"): Right.CHANGE,
    ("POST", f"{_OFFLINE}/extended_threshold"): Right.CHANGE,
    ("DELETE", f"{_OFFLINE}/extended_threshold"): Right.CHANGE,
    ("GET", f"{_OFFLINE}/visit_join_threshold"): Right.FOLLOW,
    ("POST", f"{_OFFLINE}/calls_extended_threshold"): Right.CHANGE,
    ("DELETE", f"{_OFFLINE}/calls_extended_threshold"): Right.CHANGE,
    ("GET", f"{_OFFLINE}/calls_visit_join_threshold"): Right.FOLLOW,
    ("POST", f"{_OFFLINE}/upload"): Right.UPLOAD,
    ("POST", f"{_OFFLINE}/upload_calls"): Right.UPLOAD,
    ("GET", f"{_OFFLINE}/uploadings"): Right.FOLLOW,
    ("GET", f"{_OFFLINE}/calls_uploadings"): Right.FOLLOW,
    ("GET", f"{_OFFLINE}/uploading/{{uploading_id}}"): Right.FOLLOW,
    ("GET", f"{_OFFLINE}/calls_uploading/{{uploading_id}}"): Right.FOLLOW,
    ("POST", f"{_COUNTER}/yclid_conversions/upload"): Right.UPLOAD,
    ("GET", "/visitjoin/v1/instance"): Right.FOLLOW,
    ("POST", f"{_OURS}/visits"): Right.CHANGE,
    ("GET", f"{_OURS}/report"): Right.LOOK,
    ("GET", f"{_OURS}/uploading/{{uploading_id}}/outcomes"): Right.LOOK,
    ("GET", f"{_OURS}/uploading/{{uploading_id}}/outcomes/{{row_no}}"): Right.LOOK,
    ("GET", f"{_OURS}/uploading/{{uploading_id}}/summary"): Right.LOOK,
    ("POST", f"{_OURS}/corrections"): Right.UPLOAD,
    ("GET", f"{_OURS}/corrections"): Right.LOOK,
}
"""By method and path, as the path stands in the OpenAPI document."""

_SANDBOX: Final = "/visitjoin/v1/sandbox"

RIGHTS_IN_SANDBOX: Final = {
    ("GET", _SANDBOX): Right.FOLLOW,
    ("POST", f"{_SANDBOX}/clock"): Right.CHANGE,
    ("POST", f"{_SANDBOX}/failures"): Right.CHANGE,
    ("DELETE", f"{_SANDBOX}/failures"): Right.CHANGE,
    ("POST", f"{_SANDBOX}/reset"): Right.CHANGE,
}
"""Of the calls that only a sandbox has."""

_ALL: Final = RIGHTS | RIGHTS_IN_SANDBOX


def right_to(method: str, path: str) -> Right:
    """What a call needs. path: with the names of its parameters in braces.

    A call that nobody has put into the table needs the most.
    """
    return _ALL.get((method, path), Right.CHANGE)
