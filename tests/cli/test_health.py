"""`visitjoin health` as cron runs it: no server is asked, no token needed, its exit code shouts."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.command import run
from tests.sender.ledger.kept import a_ledger
from visitjoin.sender.ledger.place import ledger_of

SERVER = "127.0.0.1:9"
"""The discard port: whoever asked it would fail."""


@dataclass(frozen=True)
class Watch:
    folder: Path

    def __call__(self, *words: str, code: int = 0, counter: int = 7) -> str:
        variables = {
            "VISITJOIN_API": f"http://{SERVER}",
            "VISITJOIN_TOKEN": "",
            "VISITJOIN_LEDGERS": str(self.folder),
        }
        command = ("health", "--counter", str(counter), *words)
        return run(*command, folder=self.folder, variables=variables, code=code)


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    """A ledger of twelve days, of which the last that ended fell."""
    today = datetime.now(UTC).date()
    with a_ledger(ledger_of(SERVER, 7, tmp_path)) as kept:
        for number in range(12, 0, -1):
            linked = 80 if number > 1 else 20
            kept.nightly(today - timedelta(days=number), linked=linked, others=100 - linked)
        kept.engine.execute("update runs set started_at = least(started_at, epoch(now())::bigint)")
    return Watch(tmp_path)


def test_it_shows_the_days_and_ends_with_0(watch: Watch) -> None:
    text = watch()

    assert "Share linked, by day of the conversion (UTC)" in text
    assert "The share linked fell on" in text


def test_it_ends_with_3_where_the_share_fell_and_a_floor_was_named(watch: Watch) -> None:
    watch("--alert-below", "0.1", code=3)
    assert "The share linked is below 30.0%" in watch("--alert-below", "0.3", code=3)


def test_it_ends_with_0_where_nothing_can_be_judged(watch: Watch) -> None:
    assert "no share was judged" in watch("--alert-below", "0.9", "--at-least", "101")


def test_it_answers_json_that_adds_up(watch: Watch) -> None:
    answer = json.loads(watch("--json"))

    health = answer["health"]
    assert health["basis"] == "row"
    assert sum(day["tally"]["rows"] for day in health["days"]) == health["total"]["rows"] == 1200
    assert [alert["watched"] for alert in answer["alerts"]] == ["share"] * 3


def test_it_writes_a_page(watch: Watch) -> None:
    watch("--html", "health.html")

    assert "The share linked" in (watch.folder / "health.html").read_text(encoding="utf-8")


def test_without_a_ledger_it_says_that_nothing_was_sent(watch: Watch) -> None:
    assert "nothing was sent yet" in watch(counter=8, code=1)


@pytest.mark.parametrize("words", [("--alert-below", "60"), ("--days", "0"), ("--at-least", "0")])
def test_a_setting_out_of_range_is_said_so(watch: Watch, words: tuple[str, str]) -> None:
    assert words[0] in watch(*words, code=2)
