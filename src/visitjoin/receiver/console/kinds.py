"""Which kinds of tables are taken, and how does each differ from a table of conversions?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from visitjoin.contract.calls import CALL_TARGET, CallColumn
from visitjoin.contract.chats import CHAT_TARGET, ChatColumn
from visitjoin.contract.uploads import UploadType
from visitjoin.prepare import Prepared, prepare
from visitjoin.prepare.calls import prepare_calls
from visitjoin.prepare.chats import prepare_chats


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of tables."""

    type: UploadType
    prepare: Callable[..., Prepared]
    """The sender's checks of it."""
    tracked_as: UploadType
    """Whose tracking has to be enabled: chats have none of their own."""
    target: str | None = None
    """The goal that all its rows reach; None where each row names one."""
    own_columns: tuple[str, ...] = ()
    """Those that only this kind has, but the one that the page explains by itself."""
    written_by: str | None = None
    """The query that writes checked rows in the API's form; None where the checks do."""


KINDS: Final[Mapping[UploadType, Kind]] = {
    kind.type: kind
    for kind in (
        Kind(type=UploadType.BASIC, prepare=prepare, tracked_as=UploadType.BASIC),
        Kind(
            type=UploadType.CALLS,
            prepare=prepare_calls,
            tracked_as=UploadType.CALLS,
            target=CALL_TARGET,
            own_columns=tuple(CallColumn)[1:],
            written_by="checked_calls",
        ),
        Kind(
            type=UploadType.CHATS,
            prepare=prepare_chats,
            tracked_as=UploadType.BASIC,
            target=CHAT_TARGET,
            own_columns=tuple(ChatColumn)[1:],
            written_by="checked_chats",
        ),
    )
}

OWN_TARGETS: Final = {kind.target for kind in KINDS.values()} - {None}
"""The goals that no row of a table of conversions is meant to reach."""
