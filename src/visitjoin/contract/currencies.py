"""Currency codes, and what happens to an unknown one."""

from functools import cache
from typing import Final

import pycountry

PATTERN: Final = r"^[A-Za-z]{3}$"
"""Three letters; the API writes them in capitals."""


@cache
def known_currencies() -> frozenset[str]:
    """The ISO 4217 codes in use, in capitals.

    The API does not list the codes it accepts: the whole of ISO 4217 is our choice. A row with
    another code stays, and its price and currency become null (support page, "Currency").
    """
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)
