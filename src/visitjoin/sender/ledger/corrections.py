"""What a server has corrected is written down."""

from collections.abc import Sequence

from visitjoin.sender.ledger.ledger import Ledger
from visitjoin.sender.ledger.texts import text_of


def keep_corrections(ledger: Ledger, made: Sequence[int], not_known: Sequence[int]) -> None:
    """Write down new prices and withdrawals, after the server has made them.

    made: the rows of `corrections` that it made; not_known: those that it has no conversion for,
    which become so in `corrections`. If we die before this, the next run makes the same corrections
    again, which changes nothing.
    """
    with ledger.transaction():
        ledger.engine.execute(
            "create or replace temp table made as select unnest($1::bigint[]) as row_no", [made]
        )
        ledger.engine.execute(text_of("keep_corrections.sql"))
        ledger.engine.execute(
            "update corrections set state = 'not_known' where row_no in "
            "(select unnest($1::bigint[]))",
            [not_known],
        )
