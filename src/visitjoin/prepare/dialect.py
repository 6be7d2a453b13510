"""How a text table is written: its separator and its header, read from the file's beginning.

Types are never guessed: every cell stays the text it was.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

from visitjoin.contract.errors import SourceError

SEPARATORS: Final = (",", ";", "\t")
"""Those that are looked for in a file of the API's form."""

_BEGINNING: Final = 1 << 20
"""Bytes: a header longer than this is no header."""

_OTHER_ENCODINGS: Final = (b"\xff\xfe", b"\xfe\xff")
"""Byte-order marks of UTF-16."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """The separator of a text table, and its header as it stands in the file."""

    separator: str
    headers: tuple[str, ...]
    rival: str | None = None
    """Another separator that cuts the header into as many fields, where there is one."""


def read_dialect(
    path: Path, *, separator: str | None = None, among: Sequence[str] = SEPARATORS
) -> Dialect:
    """Find the separator and the header of a CSV or TSV file.

    separator: the one to use; None to take whichever of `among` cuts the first line into most
    fields, and the first of them where several do.

    Raises SourceError where the file is empty, is not UTF-8, or has no header.
    """
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    text = _decoded(beginning, path)
    if not text.strip():
        raise SourceError("The file is empty. It needs a header and rows.", path=path)
    tried = [separator] if separator else among
    try:
        header, cut_by = max(((_first_record(text, by), by) for by in tried), key=_number_of_fields)
    except csv.Error as error:
        raise _no_header(text, path) from error
    if not any(field.strip() for field in header):
        raise SourceError(
            "There is no header: the first line is blank. Write the column names there.",
            path=path,
            line=1,
        )
    return Dialect(
        separator=cut_by, headers=tuple(header), rival=_rival(text, len(header), cut_by, tried)
    )


def _no_header(text: str, path: Path) -> SourceError:
    if "\n" not in text:
        return SourceError(
            "The lines end with a carriage return alone, as on old Macs. Save the file with the "
            "line ends of Windows or Unix.",
            path=path,
        )
    return SourceError(
        "The header cannot be read: a name of a column has a carriage return, or is very long.",
        path=path,
        line=1,
    )


def raise_where_not_utf8(path: Path) -> None:
    """Raise SourceError with the line of the first byte that is not UTF-8, if there is one."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                raise SourceError(
                    f"Not UTF-8: byte 0x{line[error.start]:02x} at position {error.start + 1} of "
                    "the line. Save the file as UTF-8 (in Excel: CSV UTF-8).",
                    path=path,
                    line=number,
                ) from None


def _decoded(beginning: bytes, path: Path) -> str:
    if beginning.startswith(_OTHER_ENCODINGS):
        raise SourceError("The file is in UTF-16. Save it as UTF-8.", path=path)
    first_line = beginning.split(b"\n", 1)[0]
    try:
        first_line.decode()
    except UnicodeDecodeError:
        raise_where_not_utf8(path)
    # A cut through the middle of a character at the end of what was read is no fault.
    return beginning.decode("utf-8", errors="replace").removeprefix("\ufeff")


def _first_record(text: str, separator: str) -> list[str]:
    return next(csv.reader(StringIO(text), delimiter=separator), [])


def _number_of_fields(cut: tuple[list[str], str]) -> int:
    return len(cut[0])


def _rival(text: str, width: int, taken: str, tried: Sequence[str]) -> str | None:
    others = (by for by in tried if by != taken and len(_first_record(text, by)) == width > 1)
    return next(others, None)
