"""The query files of this room."""

from importlib.resources import files


def text_of(query: str) -> str:
    """The text of a query file. query: its name."""
    return files(__package__).joinpath(query).read_text(encoding="utf-8")
