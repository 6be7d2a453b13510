"""How much memory the join may take."""

import re
from typing import Final

import psutil

from visitjoin.contract.errors import SettingError

_LIMIT: Final = re.compile(r"[1-9]\d*(\.\d+)? ?([MGT]i?B|%)", re.IGNORECASE)
"""As https://duckdb.org/docs/configuration/overview writes `memory_limit`; less than a megabyte
DuckDB takes too, and then cannot even open a file."""


def default_memory_limit() -> str:
    """A quarter of the machine's memory, as DuckDB writes it."""
    return f"{psutil.virtual_memory().total // 4 // 1_000_000}MB"


def check_memory_limit(limit: str | None) -> None:
    """Make sure that a limit is one, for DuckDB blames a wrong one on the file that it opens.

    limit: such as `2GB` or `512MiB`; None for the default. Raises SettingError.
    """
    if limit is not None and not _LIMIT.fullmatch(limit):
        raise SettingError(
            f'--memory-limit "{limit}" is no amount of memory. Write a number and MB, GB or TB, '
            "such as 2GB."
        )
