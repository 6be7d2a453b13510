"""Nothing of the command line is missing from its reference."""

import re
import runpy
from pathlib import Path

from visitjoin.cli.app import app
from visitjoin.contract.reasons import Reason
from visitjoin.receiver.door.rights import RIGHTS, RIGHTS_IN_SANDBOX
from visitjoin.sender.report.report import Fate

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_reference() -> None:
    commands = [name for name in app if not name.startswith("-")]

    assert len(commands) >= 15
    assert [name for name in commands if f"`{name}" not in PAGE] == []


def test_the_page_of_options_is_that_of_the_code() -> None:
    """After a change of the command line: .venv/bin/python docs/write.py."""
    written = runpy.run_path(str(DOCS / "write.py"))["options"]()

    assert (DOCS / "reference" / "options.md").read_text(encoding="utf-8") == written


def test_the_scopes_of_every_call_are_those_of_the_code() -> None:
    """After a change of a route: .venv/bin/python docs/write.py."""
    page = (DOCS / "reference" / "tokens.md").read_text(encoding="utf-8")

    assert len(re.findall(r"^\| `[A-Z]+ /", page, re.MULTILINE)) == len(RIGHTS | RIGHTS_IN_SANDBOX)
    assert page == runpy.run_path(str(DOCS / "write.py"))["tokens"]()


def test_every_reason_and_fate_is_in_the_reference() -> None:
    assert [name for name in (*Reason, *Fate) if f"`{name.value}`" not in PAGE] == []


def test_every_link_between_pages_leads_somewhere() -> None:
    root = DOCS.parent
    pages = [root / "README.md", root / "CONTRIBUTING.md", *DOCS.rglob("*.md")]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
    ]

    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []
