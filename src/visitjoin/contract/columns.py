"""The columns of an upload: their names, their order, and the spellings the API itself uses."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Column(StrEnum):
    """A column of the CSV of basic conversions, in the order in which we write it.

    Source: the API guide, "Prepare data"; header case is that of its current edition.
    """

    CLIENT_ID = "ClientId"
    USER_ID = "UserId"
    YCLID = "Yclid"
    PURCHASE_ID = "PurchaseId"
    TARGET = "Target"
    DATE_TIME = "DateTime"
    PRICE = "Price"
    CURRENCY = "Currency"


IDENTIFIER_COLUMNS: Final = (
    Column.CLIENT_ID,
    Column.USER_ID,
    Column.YCLID,
    Column.PURCHASE_ID,
)
REQUIRED_COLUMNS: Final = (Column.TARGET, Column.DATE_TIME)
"""Required besides at least one identifier column."""

# The API's own pages spell headers in different case (yclid and Yclid, ClientID and ClientId),
# so headers are matched without regard to it.
_BY_FOLDED_NAME: Final = {column.value.casefold(): column for column in Column}


def column_named(header: str) -> Column | None:
    """Which column of the API a header names: case, surrounding blanks and a BOM do not matter."""
    return _BY_FOLDED_NAME.get(header.strip("\ufeff \t\r\n").casefold())


def missing_columns(present: Iterable[Column], *, anonymous: bool = False) -> list[str]:
    """What a table lacks to be uploadable, as names for a message; empty when nothing is missing.

    present: the columns that the table has. anonymous: whether rows need no identifier.
    """
    have = set(present)
    lacking = [column.value for column in REQUIRED_COLUMNS if column not in have]
    if not anonymous and not have.intersection(IDENTIFIER_COLUMNS):
        lacking.append(" or ".join(column.value for column in IDENTIFIER_COLUMNS))
    return lacking
