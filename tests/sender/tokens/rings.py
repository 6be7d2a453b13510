"""Keyrings as real backends of `keyring`, without a desktop."""

import json
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class FiledKeyring(KeyringBackend):
    """Keeps entries in a file, so that the next process finds them.

    Named by PYTHON_KEYRING_BACKEND; its file by KEYRING_PROPERTY_FILE.
    """

    priority = -1  # less than that of no keyring: it is named, and never found by another test
    file: str = ""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # sets what KEYRING_PROPERTY_… name

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write(self._entries() | {f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        if entries.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError("no such entry")
        self._write(entries)

    def _entries(self) -> dict[str, str]:
        file = Path(self.file)
        return dict(json.loads(file.read_text())) if file.exists() else {}

    def _write(self, entries: dict[str, str]) -> None:
        Path(self.file).write_text(json.dumps(entries))


class LockedKeyring(FiledKeyring):
    """Its user does not unlock it."""

    def _entries(self) -> dict[str, str]:
        raise KeyringLocked("dismissed")
