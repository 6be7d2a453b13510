"""The command as a user runs it: its output, its exit code."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.command import run
from tests.conftest import Running
from tests.e2e.faulty_proxy import faulty_proxy
from tests.e2e.patterns import UPLOAD
from visitjoin.cli import story
from visitjoin.receiver.sandbox.faults import refused

NOW = datetime.now(UTC)


class Shell:
    """Runs `visitjoin` in a folder of its own, against a receiver."""

    def __init__(self, folder: Path, running: Running, counter: int) -> None:
        self.folder = folder
        self.counter = counter
        self.variables = {
            "VISITJOIN_API": running.address,
            "VISITJOIN_TOKEN": running.token,
            "VISITJOIN_COUNTER": str(counter),
        }

    def __call__(self, *words: str, code: int = 0, **variables: str) -> str:
        """Run a command, expect its exit code, and return both of its outputs."""
        return run(*words, folder=self.folder, variables=self.variables | variables, code=code)

    def json(self, *words: str) -> Any:  # noqa: ANN401 - whatever the command answers
        return json.loads(self(*words, "--json"))


@pytest.fixture
def shell(running: Running, tmp_path: Path) -> Shell:
    with running.shop(tracked_days=story.TRACKED_FOR.days) as shop:
        counter = shop.counter_id
    (tmp_path / "deals.csv").write_text(story.deals_csv(NOW), encoding="utf-8", newline="")
    (tmp_path / "visits.csv").write_text(story.visits_csv(NOW), encoding="utf-8", newline="")
    return Shell(tmp_path, running, counter)


def test_the_steps_one_by_one(shell: Shell) -> None:
    """The guide's five steps, from the command line."""
    assert "already reaches goal" in shell(
        "goals", "create", "--name", "x", "--target", "order_paid"
    )
    assert "order_paid" in shell("goals", "list")
    assert "Conversions can be joined to visits from" in shell("tracking", "status")
    assert "12 new" in shell("visits", "import", "visits.csv")
    assert "0 new, 12 known" in shell("visits", "import", "visits.csv")
    assert "An upload would be taken." in shell("check")

    reading = ("--timezone", "Europe/Moscow")
    prepared = shell("prepare", "deals.csv", "-o", "out.csv", "--rejects", "rejects.csv", *reading)
    assert "identifier_damaged" in prepared

    uploading = shell.json("upload", "out.csv")
    tracked = shell.json("track", str(uploading["id"]))
    assert (tracked["status"], tracked["linked_quantity"]) == ("PROCESSED", 11)
    assert "PROCESSED" in shell("history")
    assert "Order paid" in shell("outcomes", str(uploading["id"]))
    assert 'Write "order_paid".' in shell("explain", str(uploading["id"]))
    assert "Row 1: " in shell("explain", str(uploading["id"]), "1")
    assert "organic" in shell("report")


def test_who_has_just_enabled_tracking_is_told_from_when_on_uploads_are_taken(shell: Shell) -> None:
    shell("tracking", "disable")
    enabled = shell("tracking", "enable")

    checked = shell("check")

    told = re.findall(r"from (\S+ \S+) UTC on", enabled)
    joined_from, taken_from = [datetime.fromisoformat(each) for each in told]
    assert taken_from - joined_from == timedelta(days=1)
    assert f"uploads  from {told[1]} UTC on at Metrica" in checked
    assert checked.endswith("Nothing else is in the way of an upload.\n")


def test_words_too_many_are_named(shell: Shell) -> None:
    told = shell("sandbox", "recover", "now", code=2)

    words = 'visitjoin sandbox recover takes no "now". See visitjoin sandbox recover --help'
    assert " ".join(told.split()) == words


def test_send_does_it_in_one_go_and_tells_every_rows_fate(shell: Shell) -> None:
    shell("visits", "import", "visits.csv")

    text = shell("send", "deals.csv", "--show-rows", "--rejects", "rejects.csv")

    assert "linked to a visit                                  11    81,280.50   100.00" in text
    assert 'Target "Order paid" is the name of goal' in text
    assert len((shell.folder / "rejects.csv").read_text().splitlines()) == 10


def test_a_refused_file_ends_send_with_1_after_its_report(shell: Shell) -> None:
    with faulty_proxy(shell.variables["VISITJOIN_API"]) as proxy:
        shell.variables["VISITJOIN_API"] = proxy.address
        proxy.order(UPLOAD, [refused(400)])
        told = shell("send", "deals.csv", code=1)
        listed = shell("history")

    lines = [line.split() for line in told.splitlines()]
    assert ["refused", "by", "the", "server:", "not", "sent,"] in [line[:6] for line in lines]
    assert ["uploaded", "0"] in [line[:2] for line in lines]
    assert "(16 rows): 400 " in told.splitlines()[-1]
    assert ", 16 rows: 400 " in listed


def test_send_writes_its_report_as_a_page(shell: Shell) -> None:
    shell("send", "deals.csv", "--dry-run", "--html", "report.html")

    page = (shell.folder / "report.html").read_text(encoding="utf-8")
    assert "What became of deals.csv" in page
    assert "183,481.50" in page


def test_send_answers_json_that_adds_up(shell: Shell) -> None:
    report = shell.json("send", "deals.csv", "--dry-run")

    assert sum(fate["rows"] for fate in report["fates"].values()) == report["in_export"]["rows"]
    assert report.get("uploading") is None


def test_strict_ends_with_3_where_a_row_was_rejected(shell: Shell) -> None:
    shell("send", "deals.csv", "--dry-run")
    shell("send", "deals.csv", "--dry-run", "--strict", code=3)
    shell("prepare", "deals.csv", "-o", "o.csv", "--rejects", "r.csv", "--strict", code=3)


def test_the_ledgers_place_is_told_without_a_token_or_a_network(shell: Shell) -> None:
    told = shell("history", "--where", VISITJOIN_TOKEN="", VISITJOIN_API="https://no.such.host")

    assert told == f"{shell.folder / 'ledgers' / 'no.such.host'}-{shell.counter}.duckdb\n"


def test_a_ledger_is_verified_exported_and_imported(shell: Shell) -> None:
    shell("send", "deals.csv")
    where = Path(shell("history", "--where").strip())

    assert "wrong" not in shell("ledger", "verify", VISITJOIN_TOKEN="")
    assert "FILE no/b.zip cannot be" in shell("ledger", "export", "no/b.zip", code=2)
    assert "conversions in 1 batches" in shell("ledger", "export", "backup.zip")
    where.unlink()
    assert "There is none" in shell("ledger", "verify", code=1)
    shell("ledger", "import", "backup.zip")
    again = shell.json("send", "deals.csv")
    assert again["fates"]["known"]["rows"] > 0
    assert again["uploadings"] == []
    assert "is kept" in shell("ledger", "import", "backup.zip")


def test_a_ledger_that_is_forgotten_is_put_aside(shell: Shell) -> None:
    shell("send", "deals.csv")

    assert "takes the receiver" in shell("ledger", "forget", "--instance-only", VISITJOIN_TOKEN="")
    aside = shell.json("ledger", "forget")["ledger"]

    assert Path(aside).exists()
    assert not Path(shell("history", "--where").strip()).exists()


def test_a_fault_in_a_ledger_is_told_with_what_to_do_and_ends_with_1(shell: Shell) -> None:
    shell("send", "deals.csv")
    with duckdb.connect(shell("history", "--where").strip()) as engine:
        engine.execute(
            "delete from sent where price is null or price = (select min(price) from sent)"
        )

    told = shell("ledger", "verify", code=1)

    assert "  wrong  the rows of every batch add up" in told
    assert "visitjoin ledger import FILE" in told


def test_a_column_of_refunds_that_is_not_there_is_blamed_on_its_option(shell: Shell) -> None:
    (shell.folder / "shop.toml").write_text('timezone = "Europe/Moscow"\n')
    told = shell("correct", "deals.csv", "--mapping", "shop.toml", "--refunded", "Managr=O", code=1)

    assert 'There is no column "Managr", which --refunded names. Did you mean "Manager"?' in told


def test_check_says_the_command_that_enables_tracking_and_no_raw_call(
    shell: Shell, running: Running
) -> None:
    with running.shop(tracked_days=None) as shop:
        told = shell("check", VISITJOIN_COUNTER=str(shop.counter_id), code=1)

    assert "Enable it: visitjoin tracking enable\n" in told
    assert "POST" not in told


def test_history_tells_what_the_ledger_knows(shell: Shell) -> None:
    shell("send", "deals.csv")

    told = shell("history")
    (listed,) = shell.json("history")["uploadings"]

    assert "sent from" in told
    assert "deals.csv" in told
    assert listed["ledger"]["state"] == "done"
    assert listed["ledger"]["rows"] == listed["source_quantity"]
    assert shell("track").strip() == "Nothing is on its way."


def test_history_lists_calls_beside_conversions_with_their_type(shell: Shell) -> None:
    moment = int(NOW.timestamp()) - 60
    (shell.folder / "calls.csv").write_text(f"ClientId,DateTime,StaticCall\n17,{moment},0\n")
    shell("send", "deals.csv")
    assert "type" not in shell("history")

    shell("tracking", "enable", "--type", "calls", "--since", f"{NOW - story.TRACKED_FOR:%Y-%m-%d}")
    shell("send", "calls.csv", "--type", "calls", "--call-goal", "Phone")
    told = shell("history").splitlines()

    assert [line.split()[0] for line in told] == ["type", "calls", "basic"]
    (newest,) = shell.json("history", "--limit", "1")["uploadings"]
    assert newest["ledger"]["source"] == "calls.csv"


def test_the_join_alone_on_files(shell: Shell) -> None:
    files = ("--visits", "visits.csv", "--conversions", "deals.csv", "--out", "linked.csv")

    linked = shell.json("link", *files, "--timezone", "Europe/Moscow")

    assert linked["rows"] == sum(linked["outcomes"].values()) == 27
    assert (shell.folder / "linked.csv").read_text().startswith("row_no,outcome,reason,visit_id")


def test_what_init_writes_is_sent_unedited(shell: Shell) -> None:
    shell("visits", "import", "visits.csv")
    shell("init", "deals.csv", "-o", "mapping.toml")

    text = shell("send", "deals.csv", "--mapping", "mapping.toml")

    assert "linked to a visit                                  11    81,280.50   100.00" in text


def test_deals_are_sent_by_their_stage(shell: Shell) -> None:
    paid = int(NOW.timestamp()) - 3600
    (shell.folder / "crm.csv").write_text(
        "ID;Stage;Client;Closed;Kopecks\n"
        f"1;won;1793200000123456789;{paid};129950\n2;new;1793200000123456789;{paid};5\n"
    )
    (shell.folder / "m.toml").write_text(
        'key = "ID"\nprice_unit = "minor"\n'
        '[columns]\nClientId = "Client"\nDateTime = "Closed"\nPrice = "Kopecks"\n'
        '[targets]\ncolumn = "Stage"\ngoals = { won = "order_paid" }\n'
    )
    shell("visits", "import", "visits.csv")

    report = shell.json("send", "crm.csv", "--mapping", "m.toml", "--currency", "RUB")

    assert report["in_export"]["rows"] == 2
    assert report["fates"]["linked"] == {"rows": 1, "money": {"RUB": "1299.500000"}}
    assert report["reasons"] == []


def test_rows_that_a_mapping_leaves_out_are_counted_and_not_blamed(shell: Shell) -> None:
    (shell.folder / "m.toml").write_text('[[filter]]\ncolumn = "Currency"\nequals = "RUB"\n')
    files = ("deals.csv", "-o", "o.csv", "--rejects", "r.csv")

    prepared = shell.json("prepare", *files, "--mapping", "m.toml", "--timezone", "Europe/Moscow")

    assert prepared["left_out"] == 4
    assert prepared["rows"] == prepared["accepted"] + prepared["rejected"] + 4
    assert "left_out" not in prepared["rejected_by_reason"]


def test_the_join_alone_counts_what_a_mapping_leaves_out(shell: Shell) -> None:
    (shell.folder / "m.toml").write_text('[[filter]]\ncolumn = "Currency"\nequals = "RUB"\n')
    files = ("--visits", "visits.csv", "--conversions", "deals.csv", "--out", "linked.csv")

    linked = shell.json("link", *files, "--mapping", "m.toml", "--timezone", "Europe/Moscow")

    assert linked["rows"] == sum(linked["outcomes"].values()) + linked["left_out"] == 27
    assert "left_out" in (shell.folder / "linked.csv").read_text()


def test_counters_are_created_and_listed(shell: Shell) -> None:
    shell("counters", "create", "--name", "Second shop", "--time-zone", "Asia/Almaty")

    assert "Second shop" in shell("counters", "list")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("send", "nothing.csv"), "nothing.csv: There is no such file."),
        (("send", "deals.csv", "--column", "Price=Total"), 'There is no column "Total"'),
        (("track", "999999"), "404"),
    ],
)
def test_a_failure_is_one_sentence_and_ends_with_1(
    shell: Shell, words: tuple[str, ...], message: str
) -> None:
    text = shell(*words, code=1)

    assert message in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("send", "deals.csv", "--timezone", "Moscow"), '"Moscow" is no time zone'),
        (("send", "deals.csv", "--column", "Price"), "is not NAME=HEADER"),
        (("send", "deals.csv", "--mapping", "none.toml"), "There is no mapping file none.toml."),
        (("send", "deals.csv", "--preset", "sap"), 'There is no preset "sap".'),
        (("send",), "Name a table: a file"),
        (("snd",), "Did you mean"),
    ],
)
def test_wrong_usage_ends_with_2(shell: Shell, words: tuple[str, ...], message: str) -> None:
    assert message in shell(*words, code=2)


def test_without_a_token_it_is_said_where_to_put_it(shell: Shell) -> None:
    assert "Set VISITJOIN_TOKEN" in shell("check", code=2, VISITJOIN_TOKEN="")


def test_a_token_is_read_from_a_file(shell: Shell, running: Running) -> None:
    (shell.folder / "token").write_text(running.token + "\n")

    shell("check", "--token-file", "token", VISITJOIN_TOKEN="")


def test_what_metrica_does_not_have_is_not_asked_of_it(shell: Shell) -> None:
    address = "https://api-metrika.yandex.net"

    assert "takes a receiver of one's own" in shell("report", "--api", address, code=2)


def test_every_command_is_in_the_help(shell: Shell) -> None:
    text = shell("--help")

    for command in (
        *(
            "demo",
            "send",
            "init",
            "prepare",
            "check",
            "upload",
            "track",
            "history",
            "goals",
            "tracking",
        ),
        *("counters", "serve", "visits", "outcomes", "report", "link"),
        *("login", "logout", "whoami"),
    ):
        assert f"│ {command} " in text


def test_an_interrupted_run_says_that_nothing_is_lost(tmp_path: Path) -> None:
    """A server that never answers: the run hangs until somebody presses Ctrl-C."""
    (tmp_path / "deals.csv").write_text("ClientId,Target,DateTime\n17,order_paid,1794690000\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-m", "visitjoin", "send", "deals.csv", "--counter", "1"],
            cwd=tmp_path,
            env=os.environ | {"VISITJOIN_API": address, "VISITJOIN_TOKEN": "not-a-real-token"},
            stderr=subprocess.PIPE,
            text=True,
        )
        with silent.accept()[0]:
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "Interrupted. The next run goes on" in said


def test_check_with_a_table_tells_what_would_become_of_it(shell: Shell) -> None:
    text = shell("check", "deals.csv", "--visits", "visits.csv")

    assert "An upload would be taken." in text
    assert "The outcomes above are predicted from 12 visits." in text
    assert "A dry run: nothing was uploaded." in text
