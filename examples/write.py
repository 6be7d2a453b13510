"""Write the example tables of this folder: the demo's own, as of one fixed day.

python examples/write.py
"""

from datetime import datetime
from pathlib import Path

from visitjoin.cli import story

AS_OF = datetime(2026, 11, 20, 12, 0, tzinfo=story.ZONE)
HERE = Path(__file__).parent

if __name__ == "__main__":
    (HERE / "deals.csv").write_text(story.deals_csv(AS_OF), encoding="utf-8", newline="")
    (HERE / "visits.csv").write_text(story.visits_csv(AS_OF), encoding="utf-8", newline="")
