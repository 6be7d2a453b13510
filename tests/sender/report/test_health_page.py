"""The share linked as text and as a page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tests.sender.ledger.kept import NOW, Kept, a_ledger, days_ago
from visitjoin.sender.ledger.health import health_of
from visitjoin.sender.report.alerts import alerts
from visitjoin.sender.report.health_page import write_health
from visitjoin.sender.report.health_text import bar, by_day, by_part, notes, sparks

from .browser import Browser

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """Three weeks; the newest day fell, and the ClientIds stopped."""
    with a_ledger(tmp_path / "ledger.duckdb") as ledger:
        for number in range(21, 0, -1):
            day = days_ago(number)
            linked = 80 if number > 1 else 20
            ledger.nightly(day, kind="USER_ID", target=HOSTILE, linked=linked, others=100 - linked)
            if number > 1:
                ledger.nightly(day)
        yield ledger


def page_of(kept: Kept, folder: Path) -> str:
    found, path = health_of(kept.engine, now=NOW), folder / "health.html"
    write_health(found, alerts(found), path, counter=7, at_least=30, now=NOW)
    return path.read_text(encoding="utf-8")


def text_of(table: Table) -> str:
    console = Console(width=200, markup=False)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def test_the_page_needs_nothing_but_itself_and_runs_nothing(kept: Kept, tmp_path: Path) -> None:
    page = page_of(kept, tmp_path)

    assert re.findall(r"http|src=|<script|<link|@import|url\(", page, re.IGNORECASE) == []
    assert "&lt;script&gt;" in page


def test_the_page_says_what_fell_and_marks_the_day(kept: Kept, tmp_path: Path) -> None:
    page = page_of(kept, tmp_path)

    assert "CLIENT_ID stopped arriving on Tue 2026-11-24" in page
    assert '<rect class="fell"' in page
    assert '<rect class="band fell"' in page


def test_a_ledger_with_nothing_in_these_days_has_a_page_too(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "empty.duckdb") as empty:
        assert "Nothing was sent in these days." in page_of(empty, tmp_path)


def test_the_text_has_a_line_for_each_day_and_one_for_all(kept: Kept) -> None:
    found = health_of(kept.engine, now=NOW)

    lines = text_of(by_day(found, alerts(found))).splitlines()

    assert len(lines) == 1 + 21 + 1
    assert re.match(r"Mon 2026-11-23 +200 +160 +80.0% +█{16}", lines[-3])
    assert re.match(r"Tue 2026-11-24 +100 +20 +20.0% +█{4} +fell", lines[-2])
    assert lines[-1].startswith("all ")


def test_rows_by_day_show_where_they_stop(kept: Kept) -> None:
    found = health_of(kept.engine, now=NOW)

    kinds = text_of(by_part("kind", found.by_kind, has_shares=True))

    assert re.search(r"CLIENT_ID .*█{20}\s*$", kinds, re.MULTILINE)
    assert re.search(r"USER_ID .*█{21}\s*$", kinds, re.MULTILINE)


def test_numbers_by_uploading_are_said_to_be_so(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "numbers.duckdb") as kept:
        kept.batch(days_ago(2), {(days_ago(3), "x", "YCLID"): {"uploaded": 9}}, linked=6)
        found = health_of(kept.engine, now=NOW)

    told = list(notes(found, 30))

    assert told[0].startswith("The server says how many rows of each uploading it linked")
    assert told[1].startswith("No day that is over has 30 rows")


@pytest.mark.parametrize(
    ("share", "drawn"), [(0, ""), (1, "█" * 20), (0.5, "█" * 10), (0.025, "▌")]
)
def test_a_share_is_drawn_in_eighths(share: float, drawn: str) -> None:
    assert bar(share) == drawn.ljust(20)


def test_amounts_are_drawn_against_the_largest() -> None:
    assert sparks([0, 1, 50, 100]) == " ▁▅█"
    assert sparks([]) == ""


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_a_phone_and_a_screen_and_complains_of_nothing(
    width: int, kept: Kept, tmp_path: Path, browser: Browser
) -> None:
    page_of(kept, tmp_path)

    seen = browser.look(tmp_path / "health.html", width=width)

    assert seen.overflowing == []
    assert seen.complaints == []
