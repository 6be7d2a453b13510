"""How do files in an object store become readable for the engine?

DuckDB's own way is an extension that it downloads when it first needs it. A server that may not
reach the rest of the world, or runs from an image that was checked, has no use for that, so the
engine gets a file system whose bytes come through deltalake, which writes them too: one client,
one set of credentials, from the environment (AWS_ACCESS_KEY_ID and so on).
"""


def is_folder(address: str) -> bool:
    """Whether an address is a path on this machine."""
    return "://" not in address
