"""A token and what is known of it, as data that cannot be printed by mistake."""

from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from visitjoin.contract.errors import SettingError


class Token(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A token as it is kept."""

    secret: str
    expires_at: datetime | None = None
    """Aware, UTC; None where nobody said."""

    def __repr__(self) -> str:
        return f"Token(secret=<hidden>, expires_at={self.expires_at})"


class Found(Struct, frozen=True, kw_only=True):
    """A token, and the place that it was found in."""

    token: Token
    place: str
    """In words that can be printed: the name of a variable, a file, a keyring."""


def token_of(secret: str, expires_at: datetime | None = None) -> Token:
    """A token from its text; blanks around it are dropped.

    expires_at: aware. Raises SettingError where the text cannot be a token.
    """
    secret = secret.strip()
    if not secret:
        raise SettingError("The token is empty.")
    if not (secret.isascii() and secret.isprintable()) or " " in secret:
        raise SettingError(
            "The token has blanks or letters that no token has. Was more than the token copied?"
        )
    return Token(secret=secret, expires_at=expires_at)


def packed(token: Token) -> str:
    """A token as text for a keyring or a file."""
    return msgspec.json.encode(token).decode()


def unpacked(text: str | bytes, place: str) -> Token:
    """The token in a text that `packed` made. Raises SettingError that does not quote the text."""
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # The decoder's own message might hold a part of the token.
        raise SettingError(
            f"What is in {place} is not a token that visitjoin kept. Run: visitjoin logout, then "
            "visitjoin login."
        ) from None


_decoder: Final = msgspec.json.Decoder(Token)
