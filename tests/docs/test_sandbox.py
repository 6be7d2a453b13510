"""The pages on the sandbox: what it prints can be copied, and the commands do what is said."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from visitjoin.cli.app import app
from visitjoin.contract.sandbox import Failing
from visitjoin.testing import Sandbox

ROOT = Path(__file__).parent.parent.parent
HOW_TO = ROOT / "docs" / "how-to"
PAGE = (HOW_TO / "try-an-integration.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
SERVE, EXPORT, *REST = BLOCKS


def bash(line: str) -> str:
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", line], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def printed() -> Iterator[str]:
    """What the page's first command prints, while it runs."""
    command = SERVE.replace("visitjoin", f'exec "{sys.executable}" -m visitjoin', 1)
    process = subprocess.Popen(
        ["/bin/bash", "-c", f"{command.strip()} --port 0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            if "--help" in line:
                break
        yield "".join(lines)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_the_line_that_it_prints_uploads_a_conversion_and_shows_its_link(printed: str) -> None:
    (line,) = re.findall(r"^printf .*$", printed, re.MULTILINE)

    shown = bash(line)

    assert '"outcome": "linked"' in shown
    assert '"visit_id": "visit-of-today"' in shown


def test_the_commands_of_the_page_work(
    printed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (export,) = re.findall(r"^export (.*)$", printed, re.MULTILINE)
    named = dict(pair.split("=", 1) for pair in shlex.split(export))
    assert named.keys() == dict(re.findall(r"(VISITJOIN_\w+)=(\S+)", EXPORT)).keys()
    for name, text in named.items():
        monkeypatch.setenv(name, text)
    told = {}

    for block in REST:
        if block.startswith("curl"):
            told[block] = bash(block)
            continue
        for command in block.splitlines():
            words = shlex.split(command.removeprefix("visitjoin "))
            app.meta(words, result_action="return_value")
            told[command] = capsys.readouterr().out

    assert "Conversions can be joined to visits from" in told["visitjoin tracking status"]
    assert told["visitjoin sandbox status"].splitlines()[2:] == [
        "fails  503  *  2 more",
        "fails  429, Retry-After 7  POST */upload  1 more",
        "fails  cut-in-answer  *  1 more",
        "fails  uploadings stay EXPORTED, until recover",
    ]
    assert told["visitjoin sandbox recover"].endswith("No failure is ordered.\n")
    assert '"what":"cut-in-body"' in told[REST[-1]]


def test_every_failure_is_on_the_page() -> None:
    names = [each.value for each in Failing if each is not Failing.STATUS]

    assert [name for name in names if f"| `{name}` |" not in PAGE] == []


def test_the_page_on_suites_quotes_the_example_and_names_all_that_a_sandbox_has() -> None:
    page = (HOW_TO / "test-an-integration.md").read_text(encoding="utf-8")
    example = (ROOT / "examples" / "testing" / "test_paid_orders.py").read_text(encoding="utf-8")
    quoted = re.findall(r"```python\n(@pytest.*?)```", page, re.DOTALL)

    public = [name for name in dir(Sandbox) if not name.startswith("_") and name != "close"]

    assert [text for text in quoted if text not in example] == []
    assert [name for name in public if f"`{name}" not in page] == []
