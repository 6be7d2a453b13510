"""On which line of a text table a row begins, and a table whose rows are uneven, made even.

The fast reader numbers records and not lines. The two differ only where a quoted value holds a
line break; then, and only for the rows asked about, the file is read once more with care.
"""

import csv
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from visitjoin.contract.errors import SourceError
from visitjoin.prepare.dialect import Dialect

_CHUNK: Final = 1 << 20


def has_breaks_inside(path: Path, *, records: int) -> bool:
    """Whether some value holds a line break. records: how many the file has, without its header."""
    # Most tables have no quote at all, and then no such value; looking for one costs little.
    return _has_quotes(path) and _line_count(path) != records + 1


def lines_of(path: Path, dialect: Dialect, row_numbers: Iterable[int]) -> Iterator[int]:
    """The line on which each row begins; the header's first line is 1.

    row_numbers: rising; 1 for the first record under the header, blank ones counted.
    """
    wanted = iter(row_numbers)
    row = next(wanted, None)
    begins = 1
    # A header of several lines may hold what is not UTF-8; here lines are counted and no more.
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=dialect.separator)
        for number, _ in enumerate(reader):
            if row is None:
                return
            if number == row:
                yield begins
                row = next(wanted, None)
            begins = reader.line_num + 1


def write_even(path: Path, dialect: Dialect, into: Path) -> None:
    """Rewrite a table with uneven rows so that every record has one field more than the header.

    The last field holds what a row has beyond the header, so nothing is cut off in silence. The
    order and number of records stay.

    Raises SourceError with the line where the quotes of the file are not balanced.
    """
    width = len(dialect.headers)
    with (
        path.open(encoding="utf-8-sig", newline="") as source,
        into.open("w", encoding="utf-8", newline="") as target,
    ):
        reader = csv.reader(source, delimiter=dialect.separator, strict=True)
        writer = csv.writer(target, delimiter=dialect.separator, lineterminator="\n")
        begins = 1
        try:
            for record in reader:
                beyond = dialect.separator.join(record[width:])
                blank = [""] * (width - len(record))
                writer.writerow([*record[:width], *blank, beyond])
                begins = reader.line_num + 1
        except csv.Error as error:
            raise SourceError(
                f"The quotes of the row that begins here are not balanced ({error}). A quote "
                'inside a quoted value is written twice: "".',
                path=path,
                line=begins,
            ) from None


def _has_quotes(path: Path) -> bool:
    with path.open("rb") as file:
        return any(b'"' in chunk for chunk in iter(partial(file.read, _CHUNK), b""))


def _line_count(path: Path) -> int:
    count, last = 0, b"\n"
    with path.open("rb") as file:
        for chunk in iter(partial(file.read, _CHUNK), b""):
            count += chunk.count(b"\n")
            last = chunk[-1:]
    return count + (last != b"\n")
