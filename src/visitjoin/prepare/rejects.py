"""The file of rejected rows: each with its line, column, value and reason."""

from pathlib import Path

import polars as pl

from visitjoin.contract.reasons import Reason
from visitjoin.prepare.lines import has_breaks_inside, lines_of
from visitjoin.prepare.mapping import Plan
from visitjoin.prepare.sources import Table
from visitjoin.prepare.split import Tally


def rejected_rows(set_aside: Path, table: Table, plan: Plan, tally: Tally) -> pl.LazyFrame:
    """What was set aside, without blank rows and with the line of each row.

    set_aside: the Parquet file of the splitter. tally: its counts.

    Returns the columns of `contract.tables.REJECT`, in the order of the source.
    """
    rows = _with_lines(pl.scan_parquet(set_aside, glob=False), table, tally.seen)
    if tally.blank:
        rows = _without_blank(rows, table, plan)
    return rows.select("row_no", "line", "column", "value", "reason", "price", "currency")


def write_rejects(rows: pl.LazyFrame, path: Path) -> None:
    """Write rejected rows: for `.csv` line, column, value, reason and message; else Parquet."""
    if path.suffix.casefold() != ".csv":
        rows.sink_parquet(path, compression="lz4")
        return
    sentences = {reason.value: reason.sentence for reason in Reason}
    message = pl.col("reason").replace_strict(sentences, return_dtype=pl.String)
    rows.select("line", "column", "value", "reason", message.alias("message")).sink_csv(path)


def first_line(table: Table, *, records: int) -> int | None:
    """The line of row 1, where each row is one line; None where some value holds a line break.

    records: how many the table has under its header.
    """
    if table.dialect is not None and has_breaks_inside(table.path, records=records):
        return None
    return table.first_line


def _with_lines(rows: pl.LazyFrame, table: Table, seen: int) -> pl.LazyFrame:
    first = first_line(table, records=seen)
    if first is None and table.dialect is not None:
        numbers = rows.select("row_no").collect().to_series()
        lines = pl.Series("line", lines_of(table.path, table.dialect, numbers), dtype=pl.Int64)
        return pl.concat([rows, lines.to_frame().lazy()], how="horizontal")
    return rows.with_columns(line=pl.col("row_no") + (table.first_line - 1))


def _without_blank(rows: pl.LazyFrame, table: Table, plan: Plan) -> pl.LazyFrame:
    """Leave out the rows that are blank in every column, also in those that the plan ignores."""
    ignored = [n for n in range(len(table.headers)) if n not in plan.positions.values()]
    if not ignored:
        return rows.filter(~pl.col("blank"))
    filled = pl.any_horizontal(_is_filled(n) for n in ignored)
    mapped = pl.any_horizontal(_is_filled(n) for n in plan.positions.values())
    kept = table.frame.filter(filled & ~mapped).select("row_no").collect(engine="streaming")
    return rows.filter(~pl.col("blank") | pl.col("row_no").is_in(kept.to_series().implode()))


def _is_filled(number: int) -> pl.Expr:
    return pl.col(f"c{number}").str.strip_chars().fill_null("") != ""
