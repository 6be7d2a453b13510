from pathlib import Path

import pytest

from tests.prepare.conftest import Check
from visitjoin.contract.errors import SettingError
from visitjoin.prepare import Files

TABLE = 'ClientId,Target,DateTime,Note\n17,order_paid,1794690000,"a;b"\n'


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_usual_separators_are_seen(check: Check, separator: str) -> None:
    result = check(TABLE.replace(",", separator))

    assert result.only["target"] == "order_paid"
    assert result.prepared.warnings == ()


@pytest.mark.parametrize(
    ("written", "named"), [("^", "^"), ("\x01", "\x01"), (" ", " "), ("\t", "tab"), ("\t", "\\t")]
)
def test_any_other_separator_is_named(
    check: Check, tmp_path: Path, written: str, named: str
) -> None:
    path = tmp_path / "named.csv"
    path.write_text(TABLE.replace(",", written))

    assert check(Files(path, separator=named)).only["target"] == "order_paid"


@pytest.mark.parametrize("separator", ["", "||", "¦", '"', "\n"])
def test_what_cannot_be_a_separator_is_said_so(
    check: Check, tmp_path: Path, separator: str
) -> None:
    path = tmp_path / "named.csv"
    path.write_text(TABLE)

    with pytest.raises(SettingError, match="cannot be a separator"):
        check(Files(path, separator=separator))


def test_a_header_that_two_separators_cut_alike_is_warned_of(check: Check) -> None:
    result = check("ClientId,Target,DateTime,Paid; RUB; net; or not\n17,t,1794690000,5\n")

    (warning,) = result.prepared.warnings
    assert 'taken to be ","' in warning
    assert 'so does ";"' in warning
    assert "--separator" in warning
