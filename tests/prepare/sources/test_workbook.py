from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from tests.prepare.conftest import Check
from visitjoin.contract.errors import SourceError
from visitjoin.prepare import Files


def test_a_workbook_is_read_and_a_cell_that_became_a_number_is_damaged(
    check: Check, tmp_path: Path
) -> None:
    path = tmp_path / "deals.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["ClientId", "Target", "DateTime", "Price"])
        sheet.write_row(1, 0, ["1793200000123456789", "order_paid", "03.11.2026 14:05"])
        sheet.write_number(1, 3, 990.5)
        sheet.write_number(2, 0, 1793200000123456789)
        sheet.write_row(2, 1, ["order_paid", "03.11.2026 14:05"])
        sheet.write_row(4, 0, ["17", "order_paid"])
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheet.write_datetime(4, 2, datetime(2026, 11, 3, 14, 5), moment)  # noqa: DTZ001 - as Excel

    result = check(path)

    assert [row["client_id"] for row in result.conversions] == ["1793200000123456789", "17"]
    assert len({row["happened_at"] for row in result.conversions}) == 1
    assert [(row["reason"], row["line"]) for row in result.rejects] == [("identifier_damaged", 3)]


@pytest.fixture
def two_sheets(tmp_path: Path) -> Path:
    path = tmp_path / "deals.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("Июль", "Август"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["ClientId", "Target", "DateTime"])
            sheet.write_row(1, 0, ["17", name, "03.11.2026 14:05"])
        book.add_worksheet("Пусто")
    return path


def test_a_sheet_is_named_or_the_first_is_taken_and_said_so(check: Check, two_sheets: Path) -> None:
    first, named = check(two_sheets), check(Files(two_sheets, sheet="Август"))

    assert (first.only["target"], named.only["target"]) == ("Июль", "Август")
    assert 'Of 3 sheets the first was read, "Июль"' in first.prepared.warnings[0]
    assert named.prepared.warnings == ()


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("Сентябрь", 'There is no sheet "Сентябрь". There are: Июль, Август, Пусто'),
        ("Пусто", 'The sheet "Пусто" is empty'),
    ],
)
def test_a_sheet_that_cannot_be_read_is_said_so(
    check: Check, two_sheets: Path, sheet: str, message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        check(Files(two_sheets, sheet=sheet))
