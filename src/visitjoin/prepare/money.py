"""Sums of money by currency, exact to the last digit."""

from decimal import Decimal
from pathlib import Path

import polars as pl


def money_by_currency(rows: Path) -> dict[str, Decimal]:
    """Add up the prices of a Parquet file of conversions or rejects.

    Returns the sum for each currency; the key is `""` for prices without one.
    """
    priced = pl.scan_parquet(rows, glob=False).filter(pl.col("price").is_not_null())
    sums = priced.group_by(pl.col("currency").fill_null("")).agg(pl.col("price").sum())
    return dict(sums.sort("currency").collect(engine="streaming").iter_rows())
