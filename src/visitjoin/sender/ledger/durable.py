"""What is written is on disk before anything relies on it."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep(file: Path) -> None:
    """Make a file of people's identifiers its owner's alone, and wait until it is on disk."""
    file.chmod(0o600)
    sync(file)
    sync(file.parent)
