"""Where rows come from: files, archives, standard input, queries and frames, as tables of text."""

from visitjoin.prepare.sources.address import has_password
from visitjoin.prepare.sources.files import open_plain, open_table
from visitjoin.prepare.sources.finding import Found, find_pieces, with_format
from visitjoin.prepare.sources.source import (
    STANDARD_INPUT,
    STDIN_NAME,
    Files,
    Query,
    Source,
    is_standard_input,
    name_of,
)
from visitjoin.prepare.sources.table import OVERFLOW, Table
from visitjoin.prepare.sources.text import made_even, readings

__all__ = [
    "OVERFLOW",
    "STANDARD_INPUT",
    "STDIN_NAME",
    "Files",
    "Found",
    "Query",
    "Source",
    "Table",
    "find_pieces",
    "has_password",
    "is_standard_input",
    "made_even",
    "name_of",
    "open_plain",
    "open_table",
    "readings",
    "with_format",
]
