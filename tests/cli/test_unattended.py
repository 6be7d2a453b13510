"""What a run says to cron, to a collector of logs and to Prometheus."""

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Running
from visitjoin.cli import story

NOW = datetime.now(UTC)
IDENTIFIERS = ("Client ID", "User ID", "yclid", "Purchase ID")


class Job:
    """A scheduled `visitjoin` in a folder of its own; it keeps the two outputs apart."""

    def __init__(self, folder: Path, running: Running, counter: int) -> None:
        self.folder = folder
        self.token = running.token
        self.out = self.err = ""
        self.variables = {
            "VISITJOIN_API": running.address,
            "VISITJOIN_TOKEN": running.token,
            "VISITJOIN_COUNTER": str(counter),
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def __call__(self, *words: str, code: int = 0, **variables: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "visitjoin", *words],
            cwd=self.folder,
            env=os.environ | self.variables | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        self.out, self.err = done.stdout, done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        assert self.token not in self.out + self.err

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines of standard error, each of which must be JSON."""
        return [json.loads(line) for line in self.err.splitlines()]


@pytest.fixture
def job(running: Running, tmp_path: Path) -> Job:
    with running.shop(tracked_days=story.TRACKED_FOR.days) as shop:
        counter = shop.counter_id
    (tmp_path / "deals.csv").write_text(story.deals_csv(NOW), encoding="utf-8", newline="")
    return Job(tmp_path, running, counter)


def test_quiet_leaves_remarks_and_nothing_else(job: Job) -> None:
    job("send", "deals.csv", "--quiet")

    assert job.out == ""
    assert 'Target "Order paid" is the name of goal' in job.err
    assert len(job.err.splitlines()) == 2


def test_quiet_may_stand_before_any_command(job: Job) -> None:
    job("--quiet", "goals", "list")

    assert (job.out, job.err) == ("", "")


def test_json_that_is_asked_for_is_printed_whatever_else_is_quiet(job: Job) -> None:
    job("send", "deals.csv", "--dry-run", "--quiet", "--json")

    assert json.loads(job.out)["in_export"]["rows"] == 27


def test_an_error_is_told_however_quiet(job: Job) -> None:
    job("send", "nothing.csv", "--quiet", code=1)

    assert job.out == ""
    assert job.err == "nothing.csv: There is no such file.\n"


def test_each_step_is_an_event_and_the_last_one_has_the_fates(job: Job) -> None:
    job("send", "deals.csv", "--log-format", "json", "--quiet")

    events = job.events
    steps = [event["step"] for event in events if event["event"] == "step"]
    assert steps[0] == "checking"
    assert "uploading" in steps
    assert [event["status"] for event in events if event["event"] == "status"][-1] in (
        "PROCESSED",
        "LINKAGE_FAILURE",
    )
    finished = events[-1]
    assert finished["event"] == "finished"
    assert sum(finished["fates"].values()) == finished["rows"] == 27
    assert all(event["timestamp"].endswith("Z") for event in events)


def test_no_identifier_of_a_visitor_is_in_the_log(job: Job) -> None:
    with (job.folder / "deals.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table, delimiter=";"))
    identifiers = {row[name] for row in rows for name in row if name in IDENTIFIERS} - {"", None}
    assert len(identifiers) > 10

    job("send", "deals.csv", "--quiet", VISITJOIN_LOG="json")

    assert [event["event"] for event in job.events].count("step") > 1
    assert [one for one in identifiers if one in job.err] == []


def test_an_error_is_an_event_too(job: Job) -> None:
    job("send", "nothing.csv", code=1, VISITJOIN_LOG="json")

    event = job.events[-1]
    assert (event["event"], event["level"], event["error"]) == ("error", "error", "SourceError")


def test_an_unknown_form_of_log_is_wrong_usage(job: Job) -> None:
    job("history", "--log-format", "xml", code=2)


def test_metrics_are_written_after_a_run_and_kept_after_a_failure(job: Job) -> None:
    metrics = job.folder / "visitjoin.prom"

    job("send", "deals.csv", "--dry-run", "--metrics", "visitjoin.prom")
    assert not metrics.exists()

    job("send", "deals.csv", "--quiet", "--metrics", "visitjoin.prom")
    written = metrics.read_text()
    counter = job.variables["VISITJOIN_COUNTER"]
    assert f'visitjoin_send_rows{{counter="{counter}",fate="rejected"}} 9.0' in written

    job("send", "nothing.csv", "--metrics", "visitjoin.prom", code=1)
    assert metrics.read_text() == written


@pytest.mark.parametrize("option", ["--rejects", "--fates", "--html", "--metrics"])
def test_what_cannot_be_written_is_refused_before_anything_is_sent(job: Job, option: str) -> None:
    job("send", "deals.csv", option, "nowhere/told.prom", code=2)
    assert job.err == f"{option} nowhere/told.prom cannot be written: there is no folder nowhere.\n"

    (job.folder / "told.prom").mkdir()
    job("send", "deals.csv", option, "told.prom", code=2)
    assert "it is a folder" in job.err

    job("history")
    assert job.out == "Nothing was uploaded yet.\n"


def test_the_steps_too_say_at_once_what_they_cannot_write(job: Job) -> None:
    for words in (
        ("prepare", "deals.csv", "--output", "nowhere/a.csv", "--rejects", "rejects.csv"),
        ("prepare", "deals.csv", "--rejects", "nowhere/a.csv", "--output", "out.csv"),
        ("link", "--visits", "none.csv", "--conversions", "deals.csv", "--out", "nowhere/a.csv"),
        ("health", "--html", "nowhere/a.html"),
    ):
        job(*words, code=2)
        assert "cannot be written: there is no folder nowhere." in job.err
    assert [file.name for file in job.folder.iterdir()] == ["deals.csv"]


def test_a_file_of_metrics_that_cannot_be_is_refused_before_anything_is_sent(job: Job) -> None:
    job("send", "deals.csv", "--metrics", "visitjoin.txt", code=2)
    assert "must end with .prom" in job.err

    job("history", "--json")
    assert json.loads(job.out)["uploadings"] == []
