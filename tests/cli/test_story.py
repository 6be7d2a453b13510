"""The tables in examples/ are those that the demo writes, as of one day."""

import runpy
from pathlib import Path

from visitjoin.cli import story

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def test_the_examples_are_those_of_their_generator() -> None:
    as_of = runpy.run_path(str(EXAMPLES / "write.py"))["AS_OF"]

    assert (EXAMPLES / "deals.csv").read_bytes().decode() == story.deals_csv(as_of)
    assert (EXAMPLES / "visits.csv").read_bytes().decode() == story.visits_csv(as_of)
