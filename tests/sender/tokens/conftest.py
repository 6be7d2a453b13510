from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from .rings import FiledKeyring, LockedKeyring
from .yandex import Yandex, yandex_server


@pytest.fixture
def yandex() -> Iterator[Yandex]:
    with yandex_server() as server:
        yield server


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user with an empty config folder, no keyring, and no token in the environment."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("VISITJOIN_TOKEN", raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    yield tmp_path / "config" / "visitjoin"
    keyring.set_keyring(before)


@pytest.fixture
def ring(tmp_path: Path) -> FiledKeyring:
    """The user's keyring, open."""
    return _in_use(FiledKeyring(), tmp_path)


@pytest.fixture
def locked_ring(tmp_path: Path) -> FiledKeyring:
    """The user's keyring, which nobody unlocks."""
    return _in_use(LockedKeyring(), tmp_path)


def _in_use(backend: FiledKeyring, folder: Path) -> FiledKeyring:
    backend.file = str(folder / "ring.json")
    keyring.set_keyring(backend)
    return backend
