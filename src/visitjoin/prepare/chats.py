"""From a table of chats to checked conversions with the chats' own columns, and rejected rows."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from visitjoin.contract.calls import PHONE_PATTERN
from visitjoin.contract.chats import (
    CHAT_TARGET,
    PLATFORM_PATTERN,
    ChatColumn,
    chat_column_named,
)
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.prepare.mapping import Mapping
from visitjoin.prepare.own_cells import OwnColumns
from visitjoin.prepare.own_columns import prepare_with
from visitjoin.prepare.sources import Source
from visitjoin.prepare.table import Prepared

_CHATS: Final = OwnColumns(
    noun="Chats",
    target=CHAT_TARGET,
    columns={column: column.field for column in ChatColumn},
    named=chat_column_named,
    required=(
        (ChatColumn.CHAT_PLATFORM,),
        (ChatColumn.CHAT_USERNAME, ChatColumn.CHAT_USER_ID, ChatColumn.PHONE_NUMBER),
    ),
    query="chats.sql",
    patterns={"platform": PLATFORM_PATTERN, "phone": PHONE_PATTERN},
)


def prepare_chats(
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
) -> Prepared:
    """Check and normalise a table of chats. Each row ends as a conversion or as a rejection.

    All as of `prepare_calls`, with the columns of `contract.tables.CHAT` in the place of those of
    calls; and a row needs no identifier of a visitor, unless `only` asks for one.

    Raises SourceError where the table cannot be read.
    """
    prepared, _ = prepare_with(
        _CHATS,
        source,
        conversions=conversions,
        rejects=rejects,
        now=now,
        zone=zone,
        only=only,
        mapping=replace(mapping or Mapping(), anonymous=only is None),
        format=format,
        plain=plain,
    )
    return prepared
