import gzip
from decimal import Decimal
from pathlib import Path

import pytest

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
    # A gzip holds the second in which it was made, and a test's name must be the same everywhere.
    ids=["utf-16", "cp1251 in a row", "cp1251 in the header", "another separator", "gzip"],
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
