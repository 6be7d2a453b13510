import gzip
import warnings
import zipfile
from pathlib import Path

import pytest

from tests.prepare.conftest import Check
from visitjoin.contract.errors import SourceError
from visitjoin.prepare import Files

HEADER = "ClientId,Target,DateTime\n"
JULY = HEADER + "17,july,1794690000\n"
AUGUST = "Target;ClientId;DateTime\naugust;18;1794690000\n"


def zipped(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_gzip_is_unpacked_whatever_the_file_is_called(check: Check) -> None:
    for name in ("deals.csv.gz", "deals.csv"):
        assert check(gzip.compress(JULY.encode()), name=name).only["target"] == "july"


def test_the_name_inside_a_gzips_tells_the_format(check: Check) -> None:
    line = b'{"ClientId": 17, "Target": "july", "DateTime": 1794690000}\n'

    assert check(gzip.compress(line), name="deals.jsonl.gz").only["target"] == "july"


def test_a_zip_of_one_table_is_that_table(check: Check, tmp_path: Path) -> None:
    assert check(zipped(tmp_path / "deals.zip", **{"deals.csv": JULY})).only["target"] == "july"


def test_the_tables_of_a_zip_are_one_table_sorted_by_name(check: Check, tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "deals.zip",
        **{
            "2026/july.csv": JULY,
            "2026/august.tsv": AUGUST.replace(";", "\t"),
            "2026/": "",
            "__MACOSX/2026/._july.csv": "junk",
            "2026/.DS_Store": "junk",
        },
    )

    result = check(path)

    assert [(row["row_no"], row["target"]) for row in result.conversions] == [
        (1, "august"),
        (2, "july"),
    ]
    assert [piece.name for piece in result.prepared.pieces] == [
        f"{path}/2026/august.tsv",
        f"{path}/2026/july.csv",
    ]
    assert result.prepared.warnings == ()


def test_what_is_no_table_in_a_zip_is_left_out_and_said_so(check: Check, tmp_path: Path) -> None:
    path = zipped(tmp_path / "deals.zip", **{"deals.csv": JULY, "how-to.pdf": "%PDF"})

    result = check(path)

    assert len(result.conversions) == 1
    assert result.prepared.warnings == (f"{path}/how-to.pdf was left out: it is no table.",)


def test_a_workbook_is_no_zip_of_tables(check: Check) -> None:
    with pytest.raises(SourceError, match="Not an XLSX workbook"):
        check(b"PK\x03\x04 cut off", name="deals.xlsx")


def encrypted(path: Path) -> Path:
    """A zip whose member says that it is encrypted, as its flags have it."""
    content = bytearray(zipped(path, **{"deals.csv": JULY}).read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


def damaged(path: Path) -> Path:
    content = bytearray(zipped(path, **{"deals.csv": JULY * 100}).read_bytes())
    content[50:60] = bytes(10)
    path.write_bytes(content)
    return path


def twice(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings(action="ignore"):
        archive.writestr("deals.csv", JULY)
        archive.writestr("deals.csv", JULY)
    return path


def cut_off(path: Path) -> Path:
    content = zipped(path, **{"deals.csv": JULY}).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (encrypted, r"deals\.zip: The zip file is encrypted"),
        (damaged, r"deals\.zip: The zip file is damaged"),
        (cut_off, r"deals\.zip: The zip file is damaged or cut off"),
        (lambda path: zipped(path, **{"a.pdf": "x"}), "holds no table"),
        (zipped, "holds no table"),
        (twice, "holds two files of one name"),
        (lambda path: zipped(path, **{"a.csv": ""}), r"deals\.zip/a\.csv: The file is empty"),
        (lambda path: zipped(path, **{"a.csv": "x\n1\n"}), r"deals\.zip/a\.csv, line 1: No column"),
    ],
)
def test_a_zip_that_cannot_be_read_is_one_clear_error(
    check: Check, tmp_path: Path, make: Check, message: str
) -> None:
    make(tmp_path / "deals.zip")

    with pytest.raises(SourceError, match=message):
        check(tmp_path / "deals.zip")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress((JULY * 1000).encode())[:-20], "The gzip file is cut off"),
        (gzip.compress(JULY.encode())[:-8] + bytes(8), "The gzip file is damaged"),
        (b"\x1f\x8b\x08\x00 no gzip at all", "The gzip file is damaged"),
        (gzip.compress(b""), "The file is empty"),
        (gzip.compress(b"PK\x03\x04"), "A zip inside a gzip"),
    ],
    # A gzip holds the second in which it was made, and a test's name must be the same everywhere.
    ids=["cut off", "damaged", "no gzip", "empty", "zip inside"],
)
def test_a_gzip_that_cannot_be_read_is_one_clear_error(
    check: Check, content: bytes, message: str
) -> None:
    with pytest.raises(SourceError, match=rf"deals\.csv\.gz: {message}"):
        check(content, name="deals.csv.gz")


def test_a_named_format_holds_for_every_member(check: Check, tmp_path: Path) -> None:
    path = zipped(tmp_path / "deals.zip", **{"deals.dat": JULY})

    assert check(Files(path, format="csv")).only["target"] == "july"
