"""Where tokens are kept between runs, and which of the places a run's token comes from.

    VISITJOIN_TOKEN  >  --token-file  >  the one that `visitjoin login` kept for this server

A server has one kept token: keeping a new one, wherever that is, deletes the one before.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from visitjoin.contract.errors import SettingError
from visitjoin.sender.api.address import METRICA
from visitjoin.sender.tokens.address import server_of
from visitjoin.sender.tokens.file import FileStore
from visitjoin.sender.tokens.ring import KeyringStore
from visitjoin.sender.tokens.token import Found, Token, token_of

VARIABLE: Final = "VISITJOIN_TOKEN"


def find_token(api: str = METRICA, *, token_file: Path | None = None) -> Found:
    """The token for a server, from the first place that has one, and that place.

    api: the server's address. token_file: a file that holds nothing but a token.

    Raises SettingError where no place has a token, or the one that has it cannot be read.
    """
    if secret := os.environ.get(VARIABLE, "").strip():
        return Found(token=token_of(secret), place=VARIABLE)
    if token_file is not None:
        return Found(token=token_of(_text(token_file)), place=f"the file {token_file}")
    if found := kept_token(api):
        return found
    raise SettingError(
        f"No token for {server_of(api)}. Set {VARIABLE}, name a file that holds it with "
        "--token-file, or keep one: visitjoin login"
    )


def kept_token(api: str = METRICA) -> Found | None:
    """The token that was kept for a server; None where none was. Raises as `find_token`."""
    server = server_of(api)
    # The file first: asking a keyring may ask its user for a password.
    return FileStore().load(server) or KeyringStore().load(server)


def keep_token(token: Token, api: str = METRICA, *, in_keyring: bool = True) -> str:
    """Keep a token for a server in the keyring, else in a file. Returns the place in words.

    api: the server's address. in_keyring: whether to use the keyring where there is one; programs
    without a desktop session, such as cron's, do not reach it.

    Raises SettingError where the file cannot be written.
    """
    server = server_of(api)
    if in_keyring and (place := KeyringStore().save(server, token)):
        FileStore().forget(server)
        return place
    place = FileStore().save(server, token)
    KeyringStore().forget(server)
    return place


def forget_token(api: str = METRICA) -> tuple[str, ...]:
    """Delete what is kept for a server. Returns the places, in words, where something was."""
    server = server_of(api)
    return tuple(_places(FileStore().forget(server), KeyringStore().forget(server)))


def _places(*found: str | None) -> Iterator[str]:
    yield from filter(None, found)


def _text(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingError(f"The token file {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise SettingError(f"The token file {file} is not a text.") from None
    if not text.strip():
        raise SettingError(f"The token file {file} is empty.")
    return text
