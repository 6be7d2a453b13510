"""The session that the README shows is what the demo prints today, times of day aside."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent.parent / "README.md"
A_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d"


def lines(text: str) -> list[str]:
    return [re.sub(A_TIME, "(a time)", line).rstrip() for line in text.splitlines()]


def test_the_readme_shows_what_the_demo_prints() -> None:
    (session,) = re.findall(r"```\n(\$ visitjoin send.*?)```", README.read_text(), re.DOTALL)

    demo = subprocess.run(
        [sys.executable, "-m", "visitjoin", "demo"], capture_output=True, text=True, check=True
    )

    printed = set(lines(demo.stdout))
    assert [line for line in lines(session) if line not in printed] == []
