"""Tokens in files that nobody else may read: one file for each server."""

import os
import stat
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import quote

from platformdirs import user_config_path

from visitjoin.contract.errors import SettingError
from visitjoin.sender.tokens.token import Found, Token, packed, unpacked

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class FileStore:
    """A folder of tokens, by default `~/.config/visitjoin/tokens`."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or user_config_path("visitjoin") / "tokens"

    def save(self, server: str, token: Token) -> str:
        """Keep a token, in one step and for good. Returns the place in words."""
        file = self._file(server)
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(file, packed(token))
        except OSError as error:
            raise SettingError(f"The token cannot be kept in {file}: {error.strerror}.") from error
        return _named(file)

    def load(self, server: str) -> Found | None:
        """The token of a server. Raises SettingError where others could have read the file."""
        file = self._file(server)
        try:
            with file.open("rb") as opened:
                _refuse_if_open_to_others(file, os.fstat(opened.fileno()).st_mode)
                return Found(token=unpacked(opened.read(), _named(file)), place=_named(file))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SettingError(f"{file} cannot be read: {error.strerror}.") from error

    def forget(self, server: str) -> str | None:
        """Delete the token of a server. Returns the place in words, None where none was.

        Raises SettingError where the file stays.
        """
        file = self._file(server)
        try:
            file.unlink()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SettingError(f"{file} cannot be deleted: {error.strerror}.") from error
        return _named(file)

    def _file(self, server: str) -> Path:
        return self._folder / f"{quote(server.replace('://', '-', 1), safe=':')}.json"


def _write(file: Path, text: str) -> None:
    """Write a file in one step; at no moment can others read it."""
    # mkstemp makes a file of mode 0600, whatever the umask is.
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=".draft-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        Path(draft).replace(file)
    finally:
        Path(draft).unlink(missing_ok=True)


def _refuse_if_open_to_others(file: Path, mode: int) -> None:
    if mode & _OTHERS:
        raise SettingError(
            f"The token in {file} can be read by others (mode {stat.S_IMODE(mode):04o}). If they "
            f"may have read it, get a new one: visitjoin login. Else: chmod 600 '{file}'"
        )


def _named(file: Path) -> str:
    return f"the file {file}"
