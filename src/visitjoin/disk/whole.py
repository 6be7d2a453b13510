"""A file that is there whole or not at all, also where whoever wrote it failed half-way."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A place to write a file that gets its name only when it is whole. Its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_stem(f"{path.stem}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
