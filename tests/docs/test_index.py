"""The page of pages leads to every page, and says of each what it is for."""

import re
from pathlib import Path

DOCS = Path(__file__).parent.parent.parent / "docs"
INDEX = DOCS / "README.md"


def test_every_page_is_in_the_index_once() -> None:
    pages = sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md") if page != INDEX)

    linked = re.findall(r"^- \[.+\]\((.+)\): .+$", INDEX.read_text("utf-8"), re.MULTILINE)

    assert sorted(linked) == pages


def test_a_page_has_its_own_heading_in_the_index() -> None:
    named = re.findall(r"^- \[(.+)\]\((.+)\):", INDEX.read_text("utf-8"), re.MULTILINE)

    headings = {page: (DOCS / page).read_text("utf-8").partition("\n")[0] for _, page in named}

    assert [
        (name, page) for name, page in named if not headings[page].startswith(f"# {name}")
    ] == []
