"""Chats: what a file of them has beside the columns of basic conversions.

Source: the API guide, "Transferring data on chats". A chat has no Target: all chats of a counter
reach one goal, which is made when the first file of chats is taken. A chat without an identifier of
a visitor is taken too, and belongs to no visit.
"""

from enum import StrEnum
from typing import Final


class ChatColumn(StrEnum):
    """A column that only chats have, in the order of the guide.

    ChatPlatform is required, and one of the others. The guide speaks of further columns, such as
    whether the chat was answered, and does not name them: they are passed over.
    """

    CHAT_PLATFORM = "ChatPlatform"
    CHAT_USERNAME = "ChatUsername"
    CHAT_USER_ID = "ChatUserID"
    PHONE_NUMBER = "PhoneNumber"

    @property
    def field(self) -> str:
        """Its name in `contract.tables.CHAT`."""
        return _FIELD_OF[self]


_FIELD_OF: Final = {
    ChatColumn.CHAT_PLATFORM: "chat_platform",
    ChatColumn.CHAT_USERNAME: "chat_username",
    ChatColumn.CHAT_USER_ID: "chat_user_id",
    ChatColumn.PHONE_NUMBER: "phone_number",
}

PLATFORM_PATTERN: Final = "^(whatsapp|telegram|viber)$"
"""In lower case (guide)."""

CHAT_TARGET: Final = "offline_chat"
"""The identifier of the goal that chats reach. Our choice: Metrica's is not documented."""

CHAT_GOAL_NAME: Final = "Chat"
"""The name of that goal (guide)."""

_BY_FOLDED_NAME: Final = {column.value.casefold(): column for column in ChatColumn}


def chat_column_named(header: str) -> ChatColumn | None:
    """Which column a header names: case, surrounding blanks and a BOM do not matter."""
    return _BY_FOLDED_NAME.get(header.strip("\ufeff \t\r\n").casefold())
