"""The file of rejected rows: each with its line, column, value and reason."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import polars as pl

from visitjoin.contract.reasons import Reason
from visitjoin.contract.tables import REJECT
from visitjoin.prepare.check import explained
from visitjoin.prepare.kept import Kept, keep
from visitjoin.prepare.lines import has_breaks_inside, lines_of
from visitjoin.prepare.plan import Plan
from visitjoin.prepare.rules import Terms
from visitjoin.prepare.sources import Table
from visitjoin.prepare.split import is_blank


def keep_rejects(
    set_aside: Kept,
    into: Path,
    *,
    table: Table,
    plan: Plan,
    terms: Terms,
    now: datetime,
    first: int | None,
) -> Kept:
    """Explain what was set aside, and keep it without its blank rows.

    set_aside: by the splitter. into: the file for them, where they are many. first: the answer of
    `first_line`.

    Returns the columns of `contract.tables.REJECT`, in the order of the source.
    """
    aside = set_aside.rows
    if aside.filter(is_blank(plan)).head(1).collect(engine=set_aside.engine).height:
        aside = _without_blank(aside, table, plan)
    rows = with_lines(explained(aside, terms, now), aside, table, first)
    return keep(rows.select(*REJECT), set_aside, into)


def count_reasons(rejects: Kept) -> Counter[Reason]:
    """How many rows were rejected for which reason."""
    counted = rejects.rows.group_by("reason").len().collect(engine=rejects.engine)
    return Counter({Reason(reason): number for reason, number in counted.iter_rows()})


def write_rejects(rejects: Kept, path: Path) -> None:
    """Write rejected rows: for `.csv` line, column, value, reason and message; else Parquet.

    rejects: those of `keep_rejects`, or of `all_rejects`, whose rows have a `file`. What the
    mapping left out is no fault to be mended: a CSV only ends with its number of rows.
    """
    if path.suffix.casefold() != ".csv":
        rejects.write(path)
        return
    message = pl.coalesce(
        pl.when(pl.col("reason") == reason.value).then(pl.lit(reason.sentence)) for reason in Reason
    )
    rows = rejects.rows
    is_left_out = pl.col("reason") == Reason.LEFT_OUT.value
    number = rows.filter(is_left_out).select(pl.len()).collect(engine=rejects.engine).item()
    listed = rows.filter(~is_left_out) if number else rows
    file = ["file"] if "file" in rows.collect_schema() else []
    columns = (*file, "line", "column", "value", "reason")
    listed = listed.select(*columns, message.alias("message"))
    listed.sink_csv(path)
    if number:
        rows_in_words = "1 row" if number == 1 else f"{number} rows"
        with path.open("a", encoding="utf-8") as written:
            before = "," * (2 + len(file))
            written.write(
                f'{before}{rows_in_words},{Reason.LEFT_OUT},"{Reason.LEFT_OUT.sentence}"\n'
            )


def first_line(table: Table, *, records: int) -> int | None:
    """The line of row 1, where each row is one line; None where some value holds a line break.

    records: how many the table has under its header.
    """
    if table.dialect is not None and has_breaks_inside(table.path, records=records):
        return None
    return table.first_line


def with_lines(
    rows: pl.LazyFrame, numbered: pl.LazyFrame, table: Table, first: int | None
) -> pl.LazyFrame:
    """Add to rows the line of the source on which each begins.

    numbered: the same rows, of which only row_no is read. first: the answer of `first_line`.
    """
    if first is None and table.dialect is not None:
        numbers = numbered.select("row_no").collect(engine="streaming").to_series()
        lines = pl.Series("line", lines_of(table.path, table.dialect, numbers), dtype=pl.Int64)
        # Where a quote stands loose in a value, the careful reader may see fewer rows than the fast
        # one: what it does not see has no line.
        lines = lines.extend(pl.repeat(None, len(numbers) - len(lines), dtype=pl.Int64, eager=True))
        return pl.concat([rows, lines.to_frame().lazy()], how="horizontal")
    return rows.with_columns(line=pl.col("row_no") + (table.first_line - 1))


def _without_blank(rows: pl.LazyFrame, table: Table, plan: Plan) -> pl.LazyFrame:
    """Leave out the rows that are blank in every column, also in those that the plan ignores."""
    blank = is_blank(plan)
    taken = {place for places in plan.positions.values() for place in places}
    ignored = [n for n in range(len(table.headers)) if n not in taken]
    if not ignored:
        return rows.filter(~blank)
    filled = pl.any_horizontal(_is_filled(n) for n in ignored)
    mapped = pl.any_horizontal(_is_filled(n) for n in taken)
    kept = table.frame.filter(filled & ~mapped).select("row_no").collect(engine="streaming")
    return rows.filter(~blank | pl.col("row_no").is_in(kept.to_series().implode()))


def _is_filled(number: int) -> pl.Expr:
    return pl.col(f"c{number}").str.strip_chars().fill_null("") != ""
