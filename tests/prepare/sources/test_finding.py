import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.prepare.conftest import Check
from visitjoin.contract.errors import SourceError
from visitjoin.prepare import Files

HEADER = "ClientId,Target,DateTime\n"


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A folder of three tables, written in another order than their names'."""
    for number in (3, 1, 2):
        (tmp_path / f"deals-{number}.csv").write_text(f"{HEADER}17,t{number},1794690000\n")
    return tmp_path


def targets(check: Check, source: object) -> list[str]:
    return [row["target"] for row in check(source).conversions]


def test_a_pattern_stands_for_its_files_sorted_by_name(check: Check, three: Path) -> None:
    assert targets(check, Files(f"{three}/deals-*.csv")) == ["t1", "t2", "t3"]


def test_several_names_are_one_table_and_a_file_named_twice_is_read_once(
    check: Check, three: Path
) -> None:
    names = [f"{three}/deals-[23].csv", three / "deals-1.csv", three / "deals-2.csv"]

    assert targets(check, names) == ["t1", "t2", "t3"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(check: Check, three: Path) -> None:
    (three / "deals-[1].csv").write_text(f"{HEADER}17,bracketed,1794690000\n")

    assert targets(check, Files(f"{three}/deals-[1].csv")) == ["bracketed"]
    assert targets(check, three / "deals-[1].csv") == ["bracketed"]


def test_what_is_not_there_is_said_so(check: Check, three: Path) -> None:
    with pytest.raises(SourceError, match=r"leads-\*\.csv: No file fits"):
        check(Files(f"{three}/leads-*.csv"))
    with pytest.raises(SourceError, match="no such file"):
        check([three / "deals-1.csv", three / "deals-4.csv"])
    with pytest.raises(SourceError, match="No file is named"):
        check([])
    with pytest.raises(SourceError, match=r"This is a folder.*/\*\.csv"):
        check(three)


def stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))


def test_a_hyphen_is_standard_input_and_a_csv_unless_it_is_said_otherwise(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin(monkeypatch, HEADER.encode() + b"17,t,1794690000\n")
    assert targets(check, Files("-")) == ["t"]

    stdin(monkeypatch, b'{"ClientId": 17, "Target": "json", "DateTime": 1794690000}')
    assert targets(check, Files("-", format="jsonl")) == ["json"]


def test_errors_in_standard_input_are_called_that(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin(monkeypatch, b"")
    with pytest.raises(SourceError, match="standard input: It is empty"):
        check(Files("-"))

    stdin(monkeypatch, b"a,b\n1,2\n")
    with pytest.raises(SourceError, match="standard input, line 1: No column"):
        check(Files("-"))
