"""The session that the README shows is what the demo prints today, times of day aside."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parent.parent.parent / "README.md"
A_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d"


def lines(text: str) -> list[str]:
    return [re.sub(A_TIME, "(a time)", line).rstrip() for line in text.splitlines()]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "kept"


@pytest.fixture(scope="module")
def printed(kept: Path) -> str:
    demo = subprocess.run(
        [sys.executable, "-m", "visitjoin", "demo", "--keep", str(kept)],
        capture_output=True,
        text=True,
        check=True,
    )
    return demo.stdout


def test_the_readme_shows_what_the_demo_prints(printed: str) -> None:
    (session,) = re.findall(r"```\n(\$ visitjoin send.*?)```", README.read_text(), re.DOTALL)

    said = set(lines(printed))
    assert [line for line in lines(session) if line not in said] == []


def test_the_demo_keeps_its_files_where_it_is_told_to(kept: Path, printed: str) -> None:
    assert str(kept) in printed.splitlines()[-1]
    assert (kept / "deals.csv").exists()
