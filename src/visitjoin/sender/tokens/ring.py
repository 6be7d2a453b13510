"""Tokens in the system's keyring, where there is one that keeps what it is given."""

from contextlib import suppress
from typing import Final

import keyring
from keyring.backends import fail, null
from keyring.errors import KeyringError

from visitjoin.contract.errors import SettingError
from visitjoin.sender.tokens.token import Found, Token, packed, unpacked

_SERVICE: Final = "visitjoin"
_KEEPS_NOTHING: Final = (fail.Keyring, null.Keyring)
"""What `keyring` answers where the system has no keyring, or its user wants none."""


class KeyringStore:
    """The keyring of this user: an entry for each server."""

    def save(self, server: str, token: Token) -> str | None:
        """Keep a token. Returns the place in words, None where no keyring takes it."""
        if not _is_usable():
            return None
        try:
            keyring.set_password(_SERVICE, server, packed(token))
        except KeyringError:
            return None
        return _place()

    def load(self, server: str) -> Found | None:
        """The token of a server. Raises SettingError where the keyring does not open."""
        if not _is_usable():
            return None
        try:
            text = keyring.get_password(_SERVICE, server)
        except KeyringError as error:
            raise SettingError(
                f"{_place()} does not open ({type(error).__name__}). Unlock it, or keep the "
                "token in a file: visitjoin login --no-keyring"
            ) from error
        return Found(token=unpacked(text, _place()), place=_place()) if text else None

    def forget(self, server: str) -> str | None:
        """Delete the token of a server. Returns the place in words, None where none was."""
        if not _is_usable():
            return None
        with suppress(KeyringError):
            if keyring.get_password(_SERVICE, server) is not None:
                keyring.delete_password(_SERVICE, server)
                return _place()
        return None


def _is_usable() -> bool:
    return not isinstance(keyring.get_keyring(), _KEEPS_NOTHING)


def _place() -> str:
    return f"the keyring ({keyring.get_keyring().name})"
