"""The page of a report: it says what the terminal says, needs nothing else, and trusts no value."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from tests.conftest import Running
from visitjoin.contract.errors import SettingError
from visitjoin.contract.reasons import Reason
from visitjoin.contract.uploads import Uploading, UploadingId, UploadStatus
from visitjoin.sender.report.lines import SENTENCES, lines, money
from visitjoin.sender.report.page import write_html
from visitjoin.sender.report.report import (
    Example,
    Fate,
    Preflight,
    ReasonCount,
    Report,
    SourceRevenue,
    Sum,
    TargetSums,
)

from .browser import Browser
from .stories import a_large_one, the_storys

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}"


@pytest.fixture(scope="module")
def story(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return the_storys(running, tmp_path_factory.mktemp("story"))


class Tables(HTMLParser):
    """The text of every cell of every table, and the tags of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.tags: list[str] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser passes it
        self.tags.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.tables[-1][-1][-1] += data


def written(report: Report, folder: Path) -> str:
    path = folder / "report.html"
    write_html(report, path, now=NOW)
    return path.read_text(encoding="utf-8")


def test_the_first_table_is_the_reconciliation_to_the_last_kopeck(
    story: Report, tmp_path: Path
) -> None:
    head, *body = Tables(written(story, tmp_path)).tables[0]

    assert head == ["Rows and money", "rows", "RUB", "USD"]
    assert body[0] == ["in deals.csv", "27", "183,481.50", "100.00"]
    assert ["linked to a visit", "11", "81,280.50", "100.00"] in body
    assert len(body) == len(list(lines(story)))


@pytest.mark.parametrize("name", ["story", "large"])
def test_the_page_needs_nothing_but_itself(name: str, story: Report, tmp_path: Path) -> None:
    page = written(story if name == "story" else a_large_one(), tmp_path)

    assert re.findall(r"http|src=|<script|<link|<iframe|@import|url\(", page, re.IGNORECASE) == []


def test_what_stands_in_the_users_table_is_shown_and_never_run(tmp_path: Path) -> None:
    hostile = msgspec.structs.replace(
        a_large_one(),
        source=HOSTILE,
        remarks=(HOSTILE,),
        zone=HOSTILE,
        reasons=(ReasonCount(Reason.TARGET_EMPTY, 1, "", (Example(2, HOSTILE, HOSTILE),)),),
        by_source=(SourceRevenue(HOSTILE, 1, {HOSTILE: Decimal(1)}),),
        by_target=(TargetSums(HOSTILE, {Fate.LINKED: Sum(1, {HOSTILE: Decimal(1)})}),),
        fates={Fate.LINKED: Sum(1, {HOSTILE: Decimal(1)})},
    )

    page = written(hostile, tmp_path)

    assert not {"script", "img"} & set(Tables(page).tags)
    assert "{{ 7 * 7 }}" in page
    assert page.count("&lt;script&gt;") > 10


def test_every_outcome_stands_in_the_legend_with_its_share(story: Report, tmp_path: Path) -> None:
    page = written(story, tmp_path)

    for fate in story.fates:
        assert f"<span>{SENTENCES[fate]}</span>" in page
    assert "11 · 40.7%" in page


def test_drawings_say_in_words_what_they_show(story: Report, tmp_path: Path) -> None:
    page = written(story, tmp_path)

    drawings = re.findall(r"<svg[^>]*>", page)
    assert len(drawings) > 8
    assert all('role="img"' in drawing and 'aria-label="' in drawing for drawing in drawings)
    assert "conversions by day, " in page


def test_what_each_target_and_source_brought_is_drawn(story: Report, tmp_path: Path) -> None:
    tables = Tables(written(story, tmp_path)).tables
    rows = [[cell.strip() for cell in row] for table in tables for row in table]

    assert any(row[0] == "order_paid" and "81,280.50" in row for row in rows)
    assert any(row[0] == "ad" and "20,290.00" in row for row in rows)


def test_metricas_numbers_are_drawn_where_it_says_nothing_by_row(tmp_path: Path) -> None:
    quantities = Uploading(
        id=UploadingId(7), status=UploadStatus.PROCESSED, line_quantity=100, linked_quantity=64
    )
    only_numbers = msgspec.structs.replace(
        a_large_one(),
        in_export=Sum(100, {}),
        fates={Fate.UPLOADED: Sum(100, {})},
        uploadings=(quantities,),
    )

    page = written(only_numbers, tmp_path)

    assert "linked, says the server in numbers" in page
    assert "64 · 64.0%" in page


def test_before_an_upload_the_page_says_what_would_happen(tmp_path: Path) -> None:
    planned = msgspec.structs.replace(
        a_large_one(),
        uploadings=(),
        fates={Fate.UPLOADED: Sum(9, {"RUB": Decimal(5)})},
        preflight=Preflight(batches=1, bytes=900, seconds=None, joined_from=NOW, visits=None),
    )

    page = written(planned, tmp_path)

    assert "this is what would happen" in page
    assert "9 rows in 1 upload" in page
    assert "PROCESSED" not in page


def test_a_line_that_would_not_add_up_when_rounded_is_not_rounded() -> None:
    assert money(Sum(1, {"RUB": Decimal("1234567.500000")}), "RUB") == "1,234,567.50"
    assert money(Sum(1, {"RUB": Decimal("0.005000")}), "RUB") == "0.005"
    assert money(Sum(1, {}), "RUB") == ""


def test_rows_without_an_outcome_yet_stand_beside_those_with_one() -> None:
    half = msgspec.structs.replace(
        a_large_one(), fates={Fate.LINKED: Sum(3, {}), Fate.UPLOADED: Sum(2, {})}
    )

    parts = [line for line in lines(half) if line.depth > 1]

    assert [(line.text, line.total.rows) for line in parts] == [
        ("linked to a visit", 3),
        ("no outcome yet", 2),
    ]


def test_every_fate_has_its_words() -> None:
    assert set(SENTENCES) == set(Fate)


def test_a_page_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be written"):
        write_html(a_large_one(), tmp_path / "nowhere" / "report.html", now=NOW)


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_a_phone_and_a_screen_and_complains_of_nothing(
    width: int, story: Report, tmp_path: Path, browser: Browser
) -> None:
    for report in (story, a_large_one()):
        written(report, tmp_path)

        seen = browser.look(tmp_path / "report.html", width=width)

        assert seen.overflowing == []
        assert seen.complaints == []
