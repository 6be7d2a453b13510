"""Where tables are kept: in a folder of this machine, or in an object store.

DuckDB reads a store by an extension that it downloads, which is not done here: so far the tables of
a store can be written, and not asked.
"""


def is_folder(address: str) -> bool:
    """Whether an address is a path on this machine."""
    return "://" not in address
