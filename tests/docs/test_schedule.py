"""What the page on scheduling promises to watch is what a run writes."""

import re
from datetime import UTC, datetime
from pathlib import Path

from tests.sender.report.test_textfile import report_of
from visitjoin.sender.report.textfile import write_metrics

PAGE = Path(__file__).parent.parent.parent / "docs" / "how-to" / "schedule-it.md"


def test_every_metric_is_on_the_page_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "visitjoin.prom"
    write_metrics(report_of(None), file, now=datetime(2026, 11, 25, tzinfo=UTC), seconds=1)

    written = set(re.findall(r"^# TYPE (\w+)", file.read_text(), re.MULTILINE))
    named = set(re.findall(r"visitjoin_send_\w+", PAGE.read_text(encoding="utf-8")))

    assert written == named
