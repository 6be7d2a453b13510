"""What a server has corrected is written down."""

from importlib.resources import files
from typing import Final

from visitjoin.sender.ledger.ledger import Ledger

_KEEP: Final = files(__package__).joinpath("keep_corrections.sql").read_text(encoding="utf-8")


def keep_corrections(ledger: Ledger, *, first_row: int, last_row: int) -> None:
    """Write down new prices and withdrawals, after the server has made them.

    first_row, last_row: of the table of corrections. If we die before this, the next run makes the
    same corrections again, which changes nothing.
    """
    with ledger.transaction():
        ledger.engine.execute(_KEEP, {"first_row": first_row, "last_row": last_row})
