"""The tables in examples/ are those that their generator writes, as of one day."""

import runpy
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def test_the_examples_are_those_of_their_generator() -> None:
    tables = runpy.run_path(str(EXAMPLES / "write.py"))["TABLES"]

    assert sorted(tables) == sorted(file.name for file in EXAMPLES.glob("*.csv"))
    assert [n for n, t in tables.items() if (EXAMPLES / n).read_bytes().decode() != t] == []
