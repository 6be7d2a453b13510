"""What `visitjoin sandbox` says to who asks in vain. What it does is in tests/docs/test_sandbox."""

import re
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.cli.app import app
from visitjoin.contract.errors import SettingError


def sandbox(*words: str) -> None:
    app.meta(["sandbox", *words], result_action="return_value")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("clock", "tomorrow"), '"tomorrow" is no length of time ahead. Write +25h'),
        (("clock", "-5h"), "Only visitjoin sandbox reset sets the clock back."),
        (("fail", "weather"), '"weather" is no failure. Write 429, a status from 500 to 599, or'),
        (("status",), "Yandex.Metrica is no sandbox. Start one, visitjoin serve --sandbox"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_asked(
    words: tuple[str, ...], message: str
) -> None:
    with pytest.raises(SettingError, match=re.escape(message)):
        sandbox(*words)


def test_a_receiver_that_is_no_sandbox_is_named_so(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISITJOIN_API", running.address)
    monkeypatch.setenv("VISITJOIN_TOKEN", running.token)

    with pytest.raises(SettingError, match="The server is no sandbox"):
        sandbox("reset")


def test_a_receiver_needs_a_folder_and_a_sandbox_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISITJOIN_DATA", raising=False)

    with pytest.raises(SettingError, match="needs --data, or the variable VISITJOIN_DATA"):
        app.meta(["serve"], result_action="return_value")


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    words = ["serve", "--data", str(tmp_path / "file"), "--port", "0"]

    with pytest.raises(SettingError, match=r"file cannot be used: .* Name one that this user may"):
        app.meta(words, result_action="return_value")
