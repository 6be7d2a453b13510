"""The page of the promise says what the crash matrix tests, row by row."""

import re
from pathlib import Path

from tests.e2e.crash_matrix import CASES

PAGE = Path(__file__).parent.parent.parent / "docs" / "explanation" / "exactly-once.md"


def test_every_row_of_the_page_is_a_case_and_every_case_is_a_row() -> None:
    lines = re.findall(
        r"^\| (.+) \| (.+) \| (nothing|`.+`) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    rows = {name: rest for name, *rest in lines}
    cases = {
        case.name: [
            case.this_run,
            "nothing" if case.left is None else f"`{case.left}`",
            case.next_run,
        ]
        for case in CASES
    }

    assert rows == cases
    assert len(lines) == len(CASES)
