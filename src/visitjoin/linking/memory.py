"""How much memory the join may take where nobody says it."""

import psutil


def default_memory_limit() -> str:
    """A quarter of the machine's memory, as DuckDB writes it."""
    return f"{psutil.virtual_memory().total // 4 // 1_000_000}MB"
