"""When is something on disk? After its bytes and the folder that names it were synced.

Writing a file and answering "taken" is not enough: until both are synced, a power cut takes back
what was answered.
"""

import os
from collections.abc import Iterable
from pathlib import Path


def sync(*paths: Path) -> None:
    """Wait until files or folders are on disk. A folder's entries are, not the files in it."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_with_folders(files: Iterable[Path], *, up_to: Path) -> None:
    """Wait until files are on disk, and every folder between them and `up_to`, itself included."""
    files = list(files)
    folders = {folder for file in files for folder in file.parents if folder.is_relative_to(up_to)}
    # Inner folders first: what is named on the way down is then there.
    sync(*files, *sorted(folders, key=lambda folder: -len(folder.parts)))


def keep(file: Path) -> None:
    """Make a file of people's identifiers its owner's alone, and wait until it is on disk."""
    file.chmod(0o600)
    sync(file, file.parent)
