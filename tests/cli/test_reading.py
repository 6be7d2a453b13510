"""What may stand where a command takes a table."""

import gzip
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.cli import story
from visitjoin.cli.reading import Reading
from visitjoin.contract.clock import system_clock
from visitjoin.contract.errors import SettingError

TABLE = "Ид клиента;Цель;Дата оплаты\ncrm-204;заказ оплачен;1794690000\n;заявка;1794690000\n"
OUT = ("-o", "out.csv", "--rejects", "rejects.csv")


def prepare(folder: Path, *words: str, stdin: bytes = b"", code: int = 0, **variables: str) -> str:
    """Run `visitjoin prepare` in a folder, expect its exit code, and return both outputs."""
    done = subprocess.run(
        [sys.executable, "-m", "visitjoin", "prepare", *words, *OUT],
        cwd=folder,
        env=os.environ | variables,
        input=stdin,
        capture_output=True,
        check=False,
    )
    text = (done.stdout + done.stderr).decode()
    assert done.returncode == code, text
    return text


def test_standard_input_is_a_hyphen_and_may_be_packed(tmp_path: Path) -> None:
    text = prepare(tmp_path, "-", stdin=gzip.compress(TABLE.encode()))

    assert "in standard input" in text
    assert "заказ оплачен" in (tmp_path / "out.csv").read_text()


def test_several_files_and_patterns_are_one_table(tmp_path: Path) -> None:
    for name in ("july.csv", "august-1.csv", "august-2.csv"):
        (tmp_path / name).write_text(TABLE)

    text = prepare(tmp_path, "july.csv", "august-*.csv")

    assert "in july.csv and 1 more" in text
    assert (tmp_path / "rejects.csv").read_text().splitlines()[1].startswith("august-1.csv,3,")


def test_a_detected_encoding_is_said_on_standard_error_and_a_named_one_is_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "deals.csv").write_bytes(TABLE.encode("cp1251"))

    detected = prepare(tmp_path, "deals.csv")
    named = prepare(tmp_path, "deals.csv", "--encoding", "cp1251")

    assert "deals.csv: It is not UTF-8 and was read as Windows-1251" in detected
    assert "Windows-1251" not in named


def test_the_database_may_stand_in_a_variable(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as database, database:
        database.execute("create table deals (client, at)")
        database.execute("insert into deals values (1793200000123456789, 1794690000)")
    sql = "select client as ClientId, 'order_paid' as Target, at as DateTime from deals"

    prepare(tmp_path, "--sql", sql, VISITJOIN_DATABASE="sqlite:///shop.db")

    assert (tmp_path / "out.csv").read_text().splitlines()[1] == (
        "1793200000123456789,order_paid,1794690000"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "Name a table: a file, several, a pattern in quotes, or - for standard input"),
        (("deals.csv", "--sql", "select 1"), "There is a query and a file (deals.csv)"),
        (("--sql", "select 1"), "--sql needs --database, or an address in VISITJOIN_DATABASE"),
        (("--sql", "select 1", "--database", "oracle://h/x"), "begins with sqlite:///"),
        (("deals.csv", "--timezne", "UTC"), "Unknown option: --timezne. Did you mean"),
        (("deals.csv", "--encoding", "cp12511"), '"cp12511" is no encoding'),
        (("deals.csv", "--separator", "||"), '"||" cannot be a separator'),
    ],
)
def test_wrong_usage_is_one_sentence_and_ends_with_2(
    tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    (tmp_path / "deals.csv").write_text(TABLE)

    assert message in prepare(tmp_path, *words, code=2)


def test_a_password_is_not_taken_from_an_argument() -> None:
    reading = Reading(sql="select 1", database="postgresql://shop:hunter2@localhost/shop")

    with pytest.raises(SettingError, match="does not belong in an argument") as caught:
        reading.source([])

    assert "hunter2" not in str(caught.value)


def test_send_takes_what_prepare_takes(running: Running) -> None:
    with running.shop() as shop:
        counter = shop.counter_id
    deals = story.deals_csv(system_clock()).removeprefix("\ufeff").encode("utf-16")
    variables = {
        "VISITJOIN_API": running.address,
        "VISITJOIN_TOKEN": running.token,
        "VISITJOIN_COUNTER": str(counter),
    }

    done = subprocess.run(
        [sys.executable, "-m", "visitjoin", "send", "-", "--dry-run", "--json"],
        env=os.environ | variables,
        input=gzip.compress(deals),
        capture_output=True,
        check=True,
    )

    assert b'"source": "standard input"' in done.stdout
