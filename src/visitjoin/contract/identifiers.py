"""The kinds of visitor identifier, and what is well-formed.

An identifier is text everywhere in this project. ClientId and Yclid are unsigned 64-bit numbers
of 17 to 20 digits, and every path through a double (a spreadsheet cell, a JSON number, a float
column) destroys their last digits, so they are checked by pattern and never converted.
"""

from enum import StrEnum
from typing import Final

from visitjoin.contract.columns import Column


class IdentifierKind(StrEnum):
    """What a row can be known by. The values are the API's own (`client_id_type`).

    The API documents no value for PurchaseId; `PURCHASE_ID` is what its clients expect.
    """

    CLIENT_ID = "CLIENT_ID"
    USER_ID = "USER_ID"
    YCLID = "YCLID"
    PURCHASE_ID = "PURCHASE_ID"

    @property
    def column(self) -> Column:
        """The column that carries this kind."""
        return _COLUMN_OF[self]


_COLUMN_OF: Final = {
    IdentifierKind.CLIENT_ID: Column.CLIENT_ID,
    IdentifierKind.USER_ID: Column.USER_ID,
    IdentifierKind.YCLID: Column.YCLID,
    IdentifierKind.PURCHASE_ID: Column.PURCHASE_ID,
}

MOST_SPECIFIC_FIRST: Final = (
    IdentifierKind.PURCHASE_ID,
    IdentifierKind.YCLID,
    IdentifierKind.CLIENT_ID,
    IdentifierKind.USER_ID,
)
"""Which identifier of a row is tried first. Our choice: the API documents no order."""

NUMERIC_KINDS: Final = (IdentifierKind.CLIENT_ID, IdentifierKind.YCLID)
"""The kinds given out by Metrica and Direct: unsigned 64-bit numbers."""

LARGEST_UNSIGNED_64: Final = "18446744073709551615"
"""2^64 - 1, as text: numbers of 20 digits are compared with it as text."""

DIGITS_PATTERN: Final = r"^[0-9]{1,20}$"

SPREADSHEET_PATTERN: Final = (
    r"^[+-]?(?:[0-9]+[.,][0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)$"
)
"""A number in scientific notation or with a fraction: a spreadsheet took the id for a number."""
