"""The tutorial works as it is written: its commands, one after another, and what they print.

The page's blocks are commands, and its blocks of `text` what the block before prints, shortened.
What differs by the day is set aside: the dates. The page's first `check` finds faults, so it ends
with 1.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from shutil import copytree
from socket import socket

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(text)?\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
COMMANDS = [text for kind, text in BLOCKS if not kind]
SERVE = next(text for text in COMMANDS if "visitjoin serve" in text)

PROGRAMS = """
set -euo pipefail
visitjoin() { "$PYTHON" -m visitjoin "$@" || [ "$1 $?" = "check 1" ]; }
python() { "$PYTHON" "$@"; }
"""
DATES = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?:\d{4}-\d\d-\d\d(?: \d\d:\d\d)?|\d\d\.\d\d\.\d{4})"


def bash(script: str, folder: Path) -> str:
    done = subprocess.run(
        ["/bin/bash", "-c", PROGRAMS + script],
        cwd=folder,
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def free_port() -> str:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextmanager
def serving(command: str, folder: Path) -> Iterator[str]:
    """What the page's second terminal prints first, while the receiver runs."""
    command = command.replace("../.venv/bin/visitjoin", f'exec "{sys.executable}" -m visitjoin')
    process = subprocess.Popen(
        ["/bin/bash", "-c", command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline()
    finally:
        process.terminate()
        process.communicate(timeout=30)


def lines(text: str) -> list[str]:
    text = text.replace("\ufeff", "")
    return [re.sub(DATES, "(a date)", line).rstrip() for line in text.splitlines() if line.strip()]


def not_printed(shown: str, printed: str) -> list[str]:
    """Lines of the page that were not printed, in this order."""
    left = iter(lines(printed))
    return [line for line in lines(shown) if line not in left]


@pytest.mark.slow
def test_the_tutorial_can_be_followed_from_its_first_line_to_its_last(tmp_path: Path) -> None:
    copytree(ROOT / "examples", tmp_path / "examples")
    install, *before = COMMANDS[: COMMANDS.index(SERVE)]
    after = COMMANDS[COMMANDS.index(SERVE) + 1 :]
    port = free_port()

    printed = [bash(block, tmp_path) for block in before[:1]]
    folder = tmp_path / "tutorial"
    with serving(SERVE.replace("8080", port), folder) as listening:
        printed += [listening.replace(port, "8080")]
        mark = "(the next block)"
        script = f"echo '{mark}'\n".join(block.replace("8080", port) for block in after)
        printed += bash(script, folder).split(f"{mark}\n")

    assert "make .venv" in install
    assert len(before) == 1
    assert not folder.exists()
    shown = dict(shown_by_command())
    assert len(shown) >= 12
    for command, text in zip([*before, SERVE, *after], printed, strict=True):
        assert not_printed(shown.get(command, ""), text) == [], text


def shown_by_command() -> Iterator[tuple[str, str]]:
    """Each block of commands whose output the page shows, and that output."""
    for (_, command), (kind, text) in pairwise(BLOCKS):
        if kind:
            yield command, text
