"""`visitjoin prepare`: the checked CSV, and nothing sent."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from visitjoin.cli.connection import Json
from visitjoin.cli.console import remark, say, say_json, say_table
from visitjoin.cli.reading import Reading, SourceName
from visitjoin.cli.writing import check_outputs
from visitjoin.contract.clock import system_clock
from visitjoin.contract.reasons import Reason
from visitjoin.prepare import prepare as prepare_table
from visitjoin.prepare.sources import name_of


def prepare(
    *source: SourceName,
    output: Annotated[Path, Parameter(alias="-o")],
    rejects: Path,
    strict: bool = False,
    reading: Reading | None = None,
    json: Json = False,
) -> int:
    """Check a table and write the CSV of the API, and the rejected rows with their reasons.

    Args:
        source: CSV, TSV, XLSX, Parquet or JSON Lines with a header, or a gzip or zip of these; -
            for standard input. Several are read as one table.
        output: the CSV to write.
        rejects: the CSV of rejected rows: line, column, value, reason, message.
        strict: end with 3 where a row was rejected.
        reading: how to read the table.
        json: print JSON.
    """
    check_outputs(output=output, rejects=rejects)
    reading = reading or Reading()
    table = reading.source(source)
    prepared = prepare_table(
        table,
        conversions=output,
        rejects=rejects,
        now=system_clock(),
        zone=reading.zone,
        only=reading.only,
        mapping=reading.mapping,
    )
    for warning in prepared.warnings:
        remark(warning)
    if json:
        say_json(prepared)
    else:
        say_table(
            ("", "rows"),
            (
                (f"in {name_of(table)}", prepared.rows),
                (f"  accepted -> {output}", prepared.accepted),
                (f"  rejected -> {rejects}", prepared.rejected),
                *((f"    {r}", n) for r, n in prepared.rejected_by_reason.items()),
                *([("  left out by the mapping", prepared.left_out)] if prepared.left_out else []),
            ),
        )
        if Reason.DATE_TIME_WITHOUT_ZONE in prepared.rejected_by_reason:
            say("Local times need a zone: --timezone Europe/Moscow")
    return 3 if strict and prepared.rejected else 0
