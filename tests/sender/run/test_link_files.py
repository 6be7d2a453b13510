from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from visitjoin.cli import story
from visitjoin.sender.run.link_files import link_files

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_the_story_links_on_files_as_it_does_on_a_receiver(tmp_path: Path) -> None:
    visits, deals, out = (tmp_path / name for name in ("visits.csv", "deals.csv", "out.csv"))
    visits.write_text(story.visits_csv(NOW), encoding="utf-8", newline="")
    deals.write_text(story.deals_csv(NOW), encoding="utf-8", newline="")

    linked = link_files(
        visits=visits,
        conversions=deals,
        out=out,
        now=NOW,
        enabled_at=NOW - timedelta(days=15),
        targets=[story.TARGET],
        zone=story.ZONE,
    )

    assert (linked.rows, linked.visits, linked.visits_rejected) == (27, 12, 0)
    # The deal of 40 days ago, which `send` keeps back, came before its visitor's first visit.
    assert linked.outcomes == {
        "rejected": 9,
        "duplicate": 1,
        "goal_not_found": 2,
        "visitor_not_found": 1,
        "no_visit_in_window": 1,
        "before_first_visit": 2,
        "linked": 11,
    }
    assert sum(linked.outcomes.values()) == 27
    written = pl.read_csv(out, infer_schema=False)
    assert written["row_no"].to_list() == [str(number) for number in range(1, 28)]
    assert written.row(0, named=True)["visit_id"] == "v02"
