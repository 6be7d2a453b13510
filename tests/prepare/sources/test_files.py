import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from tests.prepare.conftest import Check
from visitjoin.contract.errors import SourceError
from visitjoin.contract.reasons import Reason

HEADER = "ClientId,Target,DateTime,Price\n"
ROW = "1793200000123456789,order_paid,1794690000,990.50\n"


@pytest.mark.parametrize(
    "table",
    [
        HEADER + ROW,
        "\ufeff" + HEADER + ROW,
        (HEADER + ROW).replace("\n", "\r\n"),
        (HEADER + ROW).replace(",", ";"),
        (HEADER + ROW).replace(",", "\t"),
        (HEADER + ROW).rstrip("\n"),
        HEADER.upper() + ROW,
        HEADER + "\n" + ROW + "\n\n",
        HEADER + ",,,\n" + ROW,
        '"ClientId","Target","DateTime","Price"\n"1793200000123456789","order_paid","1794690000","990.50"\n',
        '"",ClientId,Target,DateTime,Price\n"1",' + ROW,
        "Extra,ClientId,Target,DateTime,Price,More\nx," + ROW.rstrip() + ",y\n",
        HEADER + "  1793200000123456789 , order_paid ,1794690000\u00a0, 990.50 \n",
    ],
)
def test_every_accepted_form_of_a_text_table_gives_the_same_conversion(
    check: Check, table: str
) -> None:
    result = check(table)

    assert result.rejects == []
    assert (result.only["client_id"], result.only["target"]) == (
        "1793200000123456789",
        "order_paid",
    )
    assert (result.only["happened_at"], result.only["price"]) == (1794690000, Decimal("990.5"))


def test_a_row_with_fewer_fields_than_the_header_has_blanks_for_the_rest(check: Check) -> None:
    assert check(HEADER + "17,order_paid,1794690000\n").only["price"] is None


def test_a_row_with_more_fields_than_the_header_is_rejected_and_not_shifted(check: Check) -> None:
    result = check(HEADER + ROW + "17,order_paid,1794690000,1,234.50\n" + ROW)

    assert len(result.conversions) == 2
    (reject,) = result.rejects
    assert (reject["reason"], reject["line"], reject["value"]) == ("too_many_fields", 3, "234.50")


def test_a_row_that_has_something_only_in_ignored_columns_is_not_blank(check: Check) -> None:
    result = check("Note,ClientId,Target,DateTime\ncall back,,,\n,17,order_paid,1794690000\n,,,\n")

    assert result.prepared.rows == 2
    assert result.reasons == [Reason.NO_IDENTIFIER]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf  \n", "The file is empty"),
        (HEADER.encode(), "There are no rows under the header"),
        (b"\nClientId,Target\n", "line 1: There is no header"),
        (HEADER.encode() + b'17,"order_paid,1794690000,5\n18,x,1,1\n', "line 2: The quotes"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_error(
    check: Check, table: bytes, message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        check(table)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (HEADER.encode("utf-16"), "The file is in UTF-16"),
        (
            HEADER.encode() + b"17,\xe7\xe0\xea\xe0\xe7,1794690000,5\n",
            "line 2: Not UTF-8: byte 0xe7",
        ),
        ("Клиент;Цель\n".encode("cp1251"), "line 1: Not UTF-8"),
        (HEADER.encode().replace(b",", b"|"), "line 1: No column for"),
        (gzip.compress(HEADER.encode() + ROW.encode()), "line 1: Not UTF-8: byte 0x8b"),
    ],
)
def test_a_plain_file_is_neither_unpacked_nor_brought_into_utf_8(
    check: Check, table: bytes, message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        check(table, plain=True)


def test_a_missing_file_and_an_unknown_format_are_said_so(check: Check, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        check(tmp_path / "nothing.csv")
    with pytest.raises(
        SourceError, match=r'"\.docx" is no format of a table\. Known are: csv, jsonl'
    ):
        check("x", name="deals.docx")


def test_a_failed_run_leaves_no_half_written_file(check: Check, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        check(HEADER + ROW * 50 + '17,"not closed,1794690000,5\n')

    assert [path.name for path in tmp_path.iterdir()] == ["deals.csv"]


def test_json_lines_keep_every_digit_of_a_number(check: Check) -> None:
    result = check(
        '{"ClientId": 18446744073709551615, "Target": "order_paid", "DateTime": 1794690000}\n'
        '{"Target": "order_paid", "UserId": "crm-204", "DateTime": "2026-11-15T00:00:00Z"}\n',
        name="deals.jsonl",
    )

    assert [row["client_id"] for row in result.conversions] == ["18446744073709551615", None]
    assert result.conversions[1]["user_id"] == "crm-204"


def test_json_lines_that_are_not_json_are_an_error(check: Check) -> None:
    with pytest.raises(SourceError, match="Not JSON Lines"):
        check('{"ClientId": \n', name="deals.jsonl")


def test_a_parquet_table_keeps_its_types_meaning(check: Check, tmp_path: Path) -> None:
    moment = datetime(2026, 11, 15, tzinfo=UTC)
    frame = pl.DataFrame(
        {
            "ClientId": pl.Series([1793200000123456789, 5], dtype=pl.UInt64),
            "Target": ["order_paid", "order_paid"],
            "DateTime": [moment, moment],
            "Price": [0.1 + 0.2, 1_500_000.0],
        }
    )
    frame.write_parquet(tmp_path / "deals.parquet")

    result = check(tmp_path / "deals.parquet")

    assert [row["client_id"] for row in result.conversions] == ["1793200000123456789", "5"]
    assert [row["price"] for row in result.conversions] == [Decimal("0.3"), Decimal(1_500_000)]
    assert {row["happened_at"] for row in result.conversions} == {int(moment.timestamp())}


def test_a_float_column_of_a_parquet_table_has_ruined_its_identifiers(
    check: Check, tmp_path: Path
) -> None:
    frame = pl.DataFrame(
        {"ClientId": [1.793200000123457e18], "Target": "t", "DateTime": 1794690000}
    )
    frame.write_parquet(tmp_path / "deals.parquet")

    assert check(tmp_path / "deals.parquet").reasons == [Reason.IDENTIFIER_DAMAGED]


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
