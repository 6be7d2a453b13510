"""How commands print: text for people, JSON for programs, remarks on standard error.

`manner` is set once, before the command runs, from the options that every command has.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.table import Table

from visitjoin.cli import logs

_WIDE: Final = 200
"""Columns. On a narrower terminal a line is folded by the terminal, and a pipe gets it whole."""


@dataclass
class Manner:
    """How this process speaks."""

    quiet: bool = False
    """Whether text answers are left out; JSON that was asked for, remarks and errors are not."""
    json_logs: bool = False
    """Whether remarks, errors and steps are JSON lines on standard error."""


manner: Final = Manner()


def say(text: str, *, even_if_quiet: bool = False) -> None:
    """Print a line of the answer. even_if_quiet: for what cannot be gone on without."""
    if manner.quiet and not even_if_quiet:
        return
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def remark(text: str) -> None:
    """Print a line beside the answer, on standard error."""
    if manner.json_logs:
        logs.remark(text)
    else:
        sys.stderr.write(f"{text}\n")


def remark_error(error: Exception) -> None:
    """Print what ended the command, on standard error."""
    if manner.json_logs:
        logs.error(error)
    else:
        sys.stderr.write(f"{error}\n")


def say_json(answer: Any) -> None:  # noqa: ANN401 - whatever msgspec can encode
    """Print an answer as indented JSON."""
    encoded = msgspec.json.format(msgspec.json.encode(answer), indent=2)
    sys.stdout.write(encoded.decode() + "\n")


def heading(text: str) -> None:
    """Print a heading over what follows."""
    say(f"\n{text}\n{'-' * len(text)}")


def say_rich(table: Table) -> None:
    """Print a table; a line stays a line, however wide: folding it is for the reader's terminal."""
    if manner.quiet:
        return
    Console(markup=False, highlight=False, width=_WIDE).print(table, crop=False)


def say_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headers, numbers to the right; cells are never cut or wrapped."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    body = [[_cell(cell) for cell in row] for row in rows]
    numeric = [all(_is_number(row[n]) for row in body) for n in range(len(headers))]
    for header, right in zip(headers, numeric, strict=True):
        table.add_column(header, justify="right" if right and body else "left", no_wrap=True)
    for row in body:
        table.add_row(*row)
    say_rich(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "").removeprefix("-").isdigit() or not cell
