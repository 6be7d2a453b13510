"""The examples of docs/python.md run, one after another, against a real receiver."""

import re
from pathlib import Path

import pytest

from tests.conftest import Running

PAGE = Path(__file__).parent.parent.parent / "docs" / "python.md"


def test_the_examples_run(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VISITJOIN_API", running.address)
    monkeypatch.setenv("VISITJOIN_TOKEN", running.token)

    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)  # noqa: S102 - our own page

    assert len(blocks) >= 8
