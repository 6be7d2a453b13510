"""Where rows come from: files, archives, standard input, queries and frames, as tables of text."""

from visitjoin.prepare.sources.address import has_password
from visitjoin.prepare.sources.files import open_table
from visitjoin.prepare.sources.finding import Found, found_in
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
from visitjoin.prepare.sources.text import made_even, read_somehow

__all__ = [
    "OVERFLOW",
    "STANDARD_INPUT",
    "STDIN_NAME",
    "Files",
    "Found",
    "Query",
    "Source",
    "Table",
    "found_in",
    "has_password",
    "is_standard_input",
    "made_even",
    "name_of",
    "open_table",
    "read_somehow",
]
