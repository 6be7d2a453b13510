"""Several files as one table: numbers that run on, and which row came from where."""

from pathlib import Path

import polars as pl
import pytest

from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SourceError
from visitjoin.contract.reasons import Reason
from visitjoin.prepare import Files, Piece, prepare

from .conftest import NOW, Check

JULY = "ClientId,Target,DateTime\n17,t,1794690000\n,t,1794690000\n"
AUGUST = (
    "Amount;Note;Goal;Client ID;Date\n"
    '5,50;"two\nlines";t;18;1794690000\n'
    "x;;t;19;1794690000\n"
    ";;;;\n"
    "7;;t;20;1794690000\n"
)
SEPTEMBER = "ClientId,Target,DateTime,Price\n21,t,1794690000,9.5\n,t,1794690000,1\n"


@pytest.fixture
def months(tmp_path: Path) -> str:
    for name, table in (("07", JULY), ("08", AUGUST), ("09", SEPTEMBER)):
        (tmp_path / f"month-{name}.csv").write_text(table)
    return f"{tmp_path}/month-*.csv"


def test_row_numbers_run_on_over_the_pieces(check: Check, months: str) -> None:
    result = check(Files(months))

    assert [(row["row_no"], row["client_id"]) for row in result.conversions] == [
        (1, "17"),
        (3, "18"),
        (6, "20"),
        (7, "21"),
    ]
    assert [row["row_no"] for row in result.rejects] == [2, 4, 8]
    assert (result.prepared.rows, result.prepared.accepted) == (7, 4)
    assert result.prepared.rejected_by_reason == {
        Reason.NO_IDENTIFIER: 2,
        Reason.PRICE_NOT_A_NUMBER: 1,
    }


def test_each_piece_says_which_rows_are_its_own(check: Check, months: str, tmp_path: Path) -> None:
    prepared = check(Files(months)).prepared

    names = [str(tmp_path / f"month-{name}.csv") for name in ("07", "08", "09")]
    assert prepared.pieces == (
        Piece(name=names[0], first_row_no=1, rows=2, first_line=2),
        Piece(name=names[1], first_row_no=3, rows=4, first_line=None),
        Piece(name=names[2], first_row_no=7, rows=2, first_line=2),
    )
    assert prepared.first_line is None


def test_a_rejected_row_is_told_by_file_and_line(check: Check, months: str, tmp_path: Path) -> None:
    result = check(Files(months))

    assert [(Path(row["file"]).name, row["line"]) for row in result.rejects] == [
        ("month-07.csv", 3),
        ("month-08.csv", 4),
        ("month-09.csv", 3),
    ]
    prepare(Files(months), conversions=tmp_path / "c.csv", rejects=tmp_path / "r.csv", now=NOW)
    first, second, *_ = (tmp_path / "r.csv").read_text().splitlines()
    assert first == "file,line,column,value,reason,message"
    assert second.startswith(f"{tmp_path}/month-07.csv,3,,,no_identifier,")


def test_one_piece_has_no_column_for_its_name(check: Check, months: str) -> None:
    result = check(Files(months.replace("*", "07")))

    assert "file" not in result.rejects[0]
    assert result.prepared.first_line == result.prepared.pieces[0].first_line == 2


def test_the_csv_has_every_column_that_some_piece_has(tmp_path: Path, months: str) -> None:
    prepared = prepare(Files(months), conversions=tmp_path / "c.csv", rejects=None, now=NOW)

    assert (tmp_path / "c.csv").read_text() == (
        "ClientId,Target,DateTime,Price\n"
        "17,t,1794690000,\n"
        "18,t,1794690000,5.50\n"
        "20,t,1794690000,7\n"
        "21,t,1794690000,9.5\n"
    )
    assert prepared.columns == {
        Column.CLIENT_ID: "ClientId",
        Column.TARGET: "Target",
        Column.DATE_TIME: "DateTime",
        Column.PRICE: "Amount",
    }


def test_pieces_of_different_kinds_are_one_table(check: Check, months: str, tmp_path: Path) -> None:
    pl.DataFrame({"ClientId": [22], "Target": "t", "DateTime": 1794690000}).write_parquet(
        tmp_path / "other.parquet"
    )

    result = check([months, tmp_path / "other.parquet"])

    assert result.conversions[-1]["client_id"] == "22"
    assert result.conversions[-1]["row_no"] == 9


def test_what_is_assumed_of_many_pieces_is_said_once(check: Check, tmp_path: Path) -> None:
    for number in range(3):
        text = "ClientId;Target;DateTime\n17;заказ оплачен;1794690000\n"
        (tmp_path / f"{number}.csv").write_bytes(text.encode("cp1251"))

    (warning,) = check(Files(f"{tmp_path}/*.csv")).prepared.warnings

    assert warning.startswith(f"{tmp_path}/0.csv and 2 more: It is not UTF-8")


def test_an_error_names_the_piece_and_leaves_no_file(months: str, tmp_path: Path) -> None:
    (tmp_path / "month-08.csv").write_text("ClientId,Target\n17,t\n")
    before = sorted(tmp_path.iterdir())

    with pytest.raises(SourceError, match=r"month-08\.csv, line 1: No column for DateTime"):
        prepare(Files(months), conversions=tmp_path / "c.csv", rejects=None, now=NOW)

    assert sorted(tmp_path.iterdir()) == before


def test_a_piece_without_rows_is_no_error_while_another_has_some(
    check: Check, months: str, tmp_path: Path
) -> None:
    (tmp_path / "month-07.csv").write_text("ClientId,Target,DateTime\n")
    assert check(Files(months)).prepared.pieces[0].rows == 0

    for name in ("08", "09"):
        (tmp_path / f"month-{name}.csv").write_text("ClientId,Target,DateTime\n")
    with pytest.raises(SourceError, match="There are no rows"):
        check(Files(months))
