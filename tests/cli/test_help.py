"""Help and wrong usage, as somebody reads them who has never seen the command."""

import os
import subprocess
import sys

import pytest

from visitjoin.cli.app import app


def visitjoin(*words: str, code: int) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VISITJOIN_")}
    done = subprocess.run(
        [sys.executable, "-m", "visitjoin", *words],
        env=environment | {"COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("send", "deals.csv"), "send needs --counter, or the variable VISITJOIN_COUNTER."),
        (("upload", "--counter", "1"), "visitjoin upload needs FILE. See visitjoin upload"),
        (("ledger", "verify"), "ledger verify needs --counter, or the variable VISITJOIN_COUNTER"),
    ],
)
def test_what_is_left_out_is_named_with_the_other_way_to_give_it(
    words: tuple[str, ...], message: str
) -> None:
    assert message in visitjoin(*words, code=2)


def test_the_options_of_send_stand_under_headings_the_most_used_first() -> None:
    text = visitjoin("send", "--help", code=0)

    headings = [
        *("What to send", "How to read the table", "What to write", "Server", "Limits"),
        "Options of every command",
    ]
    places = [text.index(f"╭─ {heading} ─") for heading in headings]
    assert places == sorted(places)
    assert "─ Parameters ─" not in text
    assert "[default: False]" not in text


def test_every_command_says_what_it_does_in_the_list() -> None:
    text = visitjoin("--help", code=0)
    names = [name for name in app if not name.startswith("-")]

    assert len(names) >= 20
    assert [name for name in names if f"│ {name} │" in text] == []
