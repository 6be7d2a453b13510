"""From a table of visits to the columns of `contract.tables.VISIT`.

Two kinds of table are known: an export of the Logs API (headers `ym:s:visitID` and so on, times
in the counter's zone), and any CSV, TSV or Parquet with our own names. Source of the former: the
Logs API's reference, "Fields of visits".
"""

from collections.abc import Mapping as ReadOnlyDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote_plus
from zoneinfo import ZoneInfo

import polars as pl

from visitjoin.contract.errors import SourceError
from visitjoin.contract.identifiers import SPREADSHEET_PATTERN
from visitjoin.contract.reasons import VisitReason
from visitjoin.contract.tables import VISIT
from visitjoin.disk.scratch import scratch
from visitjoin.prepare.sources import Table, made_even, open_table
from visitjoin.prepare.times import unix_seconds

_LOGS_PREFIX: Final = "ym:s:"
_OF_LOGS: Final = {
    "visitid": "visit_id",
    "clientid": "client_id",
    "datetime": "started_at",
    "visitduration": "duration",
    "starturl": "start_url",
    "purchaseid": "purchase_ids",
}
# The name begins with the attribution that was asked for: lastTrafficSource, firstUTMSource, …
_OF_ATTRIBUTION: Final = {
    "trafficsource": "traffic_source",
    "utmsource": "utm_source",
    "utmmedium": "utm_medium",
    "utmcampaign": "utm_campaign",
}
_REQUIRED: Final = ("visit_id", "started_at")
_IDENTIFIERS: Final = ("client_id", "user_id", "yclid", "purchase_ids")
_FIELDS: Final = (*VISIT, "duration")


@dataclass(frozen=True, kw_only=True)
class PreparedVisits:
    """What became of a table's rows. rows = accepted + rejected; blank rows are no rows."""

    rows: int
    accepted: int
    rejected: int
    rejected_by_reason: ReadOnlyDict[str, int]


def prepare_visits(
    source: Path,
    *,
    visits: Path,
    rejects: Path | None,
    zone: ZoneInfo | None,
    format: str | None = None,  # noqa: A002 - the user's word for it
) -> PreparedVisits:
    """Read a table of visits into a Parquet file.

    source: an export of the Logs API, or a table with the names of `contract.tables.VISIT`, of
        which visit_id, started_at and one identifier must be there. Times are Unix seconds, ISO
        8601, or local times. purchase_ids are separated by `|`, or an array in brackets.
    visits: the Parquet file to write. Rows with the same visit_id are all kept.
    rejects: a CSV of line, reason and message; None to only count them.
    zone: of local times: the counter's. None where they cannot be read.
    format: csv, tsv or parquet; None to go by the name's ending.

    Memory does not grow with the number of rows.

    Raises SourceError where the table cannot be read or a required column is missing.
    """
    with (
        open_table(source, format=format) as table,
        scratch() as folder,
    ):
        positions = _positions(table)
        try:
            return _write(table, positions, zone, visits, rejects)
        except pl.exceptions.ComputeError as refusal:
            if table.dialect is None:
                raise SourceError(
                    "The table cannot be read: it is damaged.", path=source
                ) from refusal
        return _write(made_even(table, folder), positions, zone, visits, rejects)


def _positions(table: Table) -> dict[str, int]:
    """Which column of the table holds which field; the first one where several do."""
    positions: dict[str, int] = {}
    for number, header in enumerate(table.headers):
        if field := _field_named(header):
            positions.setdefault(field, number)
    lacking = [field for field in _REQUIRED if field not in positions]
    if not any(field in positions for field in (*_IDENTIFIERS, "start_url")):
        lacking.append("client_id or another identifier")
    if lacking:
        raise SourceError(
            f"No column for {', '.join(lacking)}. The first line must hold the names of a Logs API "
            "export (ym:s:visitID, ym:s:dateTime, …) or our own (visit_id, started_at, client_id).",
            path=table.path,
            line=1,
        )
    return positions


def _field_named(header: str) -> str | None:
    name = header.strip("\ufeff \t\r\n").casefold()
    if not name.startswith(_LOGS_PREFIX):
        return name if name in _FIELDS else None
    name = name.removeprefix(_LOGS_PREFIX)
    if name in _OF_LOGS:
        return _OF_LOGS[name]
    endings = (field for ending, field in _OF_ATTRIBUTION.items() if name.endswith(ending))
    return next(endings, None)


def _write(
    table: Table,
    positions: ReadOnlyDict[str, int],
    zone: ZoneInfo | None,
    visits: Path,
    rejects: Path | None,
) -> PreparedVisits:
    read = _read(table, positions, zone)
    sound = read.filter(pl.col("reason").is_null()).select(*VISIT)
    wrong = read.filter(pl.col("reason").is_not_null())
    sound.sink_parquet(visits, compression="lz4")
    reasons = dict(wrong.group_by("reason").len().collect(engine="streaming").iter_rows())
    if rejects is not None:
        sentences = {reason.value: reason.sentence for reason in VisitReason}
        message = pl.col("reason").replace_strict(sentences, return_dtype=pl.String)
        line = pl.col("row_no") + (table.first_line - 1)
        wrong.select(line.alias("line"), "reason", message.alias("message")).sink_csv(rejects)
    accepted = pl.scan_parquet(visits, glob=False).select(pl.len()).collect().item()
    rejected = sum(reasons.values())
    return PreparedVisits(
        rows=accepted + rejected,
        accepted=accepted,
        rejected=rejected,
        rejected_by_reason=reasons,
    )


def _read(table: Table, positions: ReadOnlyDict[str, int], zone: ZoneInfo | None) -> pl.LazyFrame:
    """The fields of `VISIT`, row_no, and the reason for which a row is rejected, or null."""
    texts = [
        _stripped(f"c{positions[field]}").alias(field)
        if field in positions
        else pl.lit(None, pl.String).alias(field)
        for field in _FIELDS
    ]
    blank = pl.all_horizontal(pl.col(field).is_null() for field in positions)
    started = unix_seconds(pl.col("started_at"), zone)
    ended = pl.coalesce(
        unix_seconds(pl.col("ended_at"), zone),
        started + pl.col("duration").cast(pl.Int64, strict=False),
    )
    return (
        # Behind the reader's back, so that it reads all columns and counts the fields of a row.
        table.frame.map_batches(lambda rows: rows, streamable=True)
        .select("row_no", *texts)
        .filter(~blank)
        .with_columns(
            _none_if_zero("client_id"),
            pl.coalesce("yclid", _mark("yclid")).alias("yclid"),
            *(pl.coalesce(name, _mark(name)).alias(name) for name in _MARKS),
            _purchases().alias("purchase_ids"),
            started.alias("start"),
            ended.alias("ended_at"),
        )
        .with_columns(_reason().alias("reason"))
        .drop("started_at")
        .rename({"start": "started_at"})
    )


_MARKS: Final = ("utm_source", "utm_medium", "utm_campaign")


def _reason() -> pl.Expr:
    nobody = pl.all_horizontal(
        pl.col("client_id").is_null(),
        pl.col("user_id").is_null(),
        pl.col("yclid").is_null(),
        pl.col("purchase_ids").list.len().fill_null(0) == 0,
    )
    damaged = pl.any_horizontal(
        pl.col(name).str.contains(SPREADSHEET_PATTERN).fill_null(value=False)
        for name in ("visit_id", "client_id", "yclid")
    )
    return (
        pl.when(pl.col("visit_id").is_null())
        .then(pl.lit(VisitReason.NO_VISIT_ID.value))
        .when(nobody)
        .then(pl.lit(VisitReason.NO_IDENTIFIER.value))
        .when(damaged)
        .then(pl.lit(VisitReason.IDENTIFIER_DAMAGED.value))
        .when(pl.col("started_at").is_null())
        .then(pl.lit(VisitReason.START_MISSING.value))
        .when(pl.col("start").is_null())
        .then(pl.lit(VisitReason.START_NOT_A_TIME.value))
    )


def _stripped(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text)


def _none_if_zero(name: str) -> pl.Expr:
    """The Logs API writes 0 where a visit has no ClientID."""
    return pl.when(pl.col(name) != "0").then(pl.col(name)).alias(name)


def _mark(name: str) -> pl.Expr:
    """A parameter of the landing address, decoded; null where it is not there or empty."""
    written = pl.col("start_url").str.extract(rf"[?&]{name}=([^&#]+)")
    return written.map_batches(_decoded, return_dtype=pl.String, is_elementwise=True)


def _decoded(written: pl.Series) -> pl.Series:
    # Campaigns are few and visits are many: each text is decoded once.
    texts = written.unique().drop_nulls().to_list()
    return (
        written.replace_strict({text: unquote_plus(text) for text in texts}, return_dtype=pl.String)
        if texts
        else written
    )


def _purchases() -> pl.Expr:
    """`['A-1','A-2']` of the Logs API, a JSON array, or `A-1|A-2`."""
    text = pl.col("purchase_ids")
    bracketed = text.str.extract_all(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\[\],'"\s]+""")
    listed = pl.when(text.str.starts_with("[")).then(bracketed).otherwise(text.str.split("|"))
    names = listed.list.eval(pl.element().str.strip_chars(" '\"").str.replace_all(r"\\(.)", "$1"))
    return names.list.eval(pl.element().filter(pl.element() != ""))
