"""From a table of calls to checked conversions with the calls' own columns, and rejected rows."""

from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from visitjoin.contract.calls import (
    CALL_TARGET,
    DURATION_PATTERN,
    FLAG_PATTERN,
    PHONE_PATTERN,
    CallColumn,
    call_column_named,
)
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.prepare.mapping import Mapping
from visitjoin.prepare.own_cells import OwnColumns
from visitjoin.prepare.own_columns import prepare_with
from visitjoin.prepare.sources import Source
from visitjoin.prepare.table import Prepared

_CALLS: Final = OwnColumns(
    noun="Calls",
    target=CALL_TARGET,
    columns={column: column.field for column in CallColumn},
    named=call_column_named,
    query="calls.sql",
    patterns={"phone": PHONE_PATTERN, "duration": DURATION_PATTERN, "flag": FLAG_PATTERN},
)


@dataclass(frozen=True, kw_only=True)
class PreparedCalls(Prepared):
    """What became of a table of calls. accepted = static + dynamic calls."""

    static: int
    """Accepted calls that belong to no visit."""
    call_columns: tuple[CallColumn, ...]
    """The columns that only calls have and the table has, in the order of the API's guide."""


def prepare_calls(
    source: Source,
    *,
    conversions: Path,
    rejects: Path | None,
    now: datetime,
    zone: ZoneInfo | None = None,
    only: IdentifierKind | None = None,
    mapping: Mapping | None = None,
    format: str | None = None,  # noqa: A002 - the user's word for it
    plain: bool = False,
) -> PreparedCalls:
    """Check and normalise a table of calls. Each row ends as a conversion or as a rejection.

    source: as of `prepare`, but one that can be read twice: not standard input. The calls' own
        columns have the API's names, in any case; of the others `mapping` says which is which. A
        Target is not needed and not read.
    conversions: the Parquet file to write: the columns of `contract.tables.CONVERSION`, with the
        identifier of the call goal as target, the key where the mapping names one, and then
        those of `contract.tables.CALL`.
    rejects, now, zone, only, format, plain: as of `prepare`.

    Raises SourceError where the table cannot be read.
    """
    prepared, columns = prepare_with(
        _CALLS,
        source,
        conversions=conversions,
        rejects=rejects,
        now=now,
        zone=zone,
        only=only,
        mapping=mapping,
        format=format,
        plain=plain,
    )
    return PreparedCalls(
        **{field.name: getattr(prepared, field.name) for field in fields(prepared)},
        static=_static_calls(conversions),
        call_columns=columns,
    )


def _static_calls(conversions: Path) -> int:
    calls = pl.scan_parquet(conversions, glob=False).select(pl.col("static_call").sum())
    return int(calls.collect(engine="streaming").item())
