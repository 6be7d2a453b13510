"""The examples of systemd and cron are taken by systemd, and call options that there are."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.scheduled import CRON, INSTALLED, SYSTEMD, commands_in
from visitjoin.cli.app import app

SERVICE = SYSTEMD / "visitjoin-send.service"
TIMER = SYSTEMD / "visitjoin-send.timer"


@pytest.mark.parametrize("example", [SERVICE, CRON], ids=lambda path: path.name)
def test_an_example_calls_a_command_with_options_that_it_has(
    example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISITJOIN_COUNTER", "1")
    (line,) = commands_in(example.read_text(encoding="utf-8"))

    _, arguments, _ = app.meta.parse_args(line.split(), exit_on_error=False)
    command, bound, _ = app.parse_args(list(arguments.args), exit_on_error=False)

    assert command.__name__ == "send"
    assert arguments.kwargs == {"quiet": True}
    assert bound.arguments["metrics"].suffix == ".prom"


@pytest.mark.parametrize("example", [SERVICE, CRON], ids=lambda path: path.name)
def test_the_token_is_in_a_file_and_not_in_the_example(example: Path) -> None:
    text = example.read_text(encoding="utf-8")

    assert "VISITJOIN_TOKEN_FILE=" in text
    assert "VISITJOIN_TOKEN=" not in text


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_takes_the_service_and_the_timer(tmp_path: Path) -> None:
    """The command alone is put where systemd finds it executable on this machine."""
    for unit in (SERVICE, TIMER):
        text = unit.read_text(encoding="utf-8").replace(INSTALLED, sys.executable)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / SERVICE.name, tmp_path / TIMER.name],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_cron_takes_the_table() -> None:
    """cron(5): a table in /etc/cron.d names the user after the five fields; no comment trails."""
    lines = [
        line
        for line in CRON.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]

    *settings, job = lines
    assert all(re.fullmatch(r"[A-Z_]+=\S+", setting) for setting in settings)
    assert re.match(r"5 \* \* \* \* visitjoin /", job)
    assert "." not in CRON.name
    assert CRON.read_text(encoding="utf-8").endswith("\n")
