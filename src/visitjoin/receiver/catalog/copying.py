"""How is a catalog copied while it is written to, and set right after it was put back?"""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, func, make_url, select, text, update

from visitjoin.contract.uploads import UploadStatus
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.statuses import ON_THEIR_WAY
from visitjoin.receiver.catalog.tables import COUNTERS, UPLOADINGS


@dataclass(frozen=True, kw_only=True)
class Known:
    """An uploading, as far as its rows and files are concerned."""

    id: int
    counter_id: int
    status: UploadStatus
    folder: str
    """Its name in the spool."""
    type: str
    source_quantity: int
    line_quantity: int

    @property
    def rejected(self) -> int:
        """Rows that were rejected."""
        return self.source_quantity - self.line_quantity


def kind_of(url: str) -> str:
    """The database that keeps a catalog: sqlite or postgresql."""
    return make_url(url).get_backend_name()


def file_of(url: str) -> Path:
    """The file of a catalog in SQLite."""
    return Path(make_url(url).database or "")


def copy_sqlite(url: str, into: Path) -> None:
    """Copy a catalog in SQLite, all of it as it is at one moment; writers go on meanwhile."""
    with (
        closing(sqlite3.connect(f"file:{file_of(url)}?mode=ro", uri=True)) as catalog,
        closing(sqlite3.connect(into)) as copy,
    ):
        catalog.backup(copy)


@contextmanager
def as_it_is(url: str) -> Iterator[Engine]:
    """A catalog to be read, whatever version of the program made it: nothing is migrated."""
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def unfinished_folders(catalog: Engine) -> list[str]:
    """The names in the spool of all uploadings on their way."""
    asked = select(UPLOADINGS.c.folder).where(UPLOADINGS.c.status.in_(ON_THEIR_WAY))
    with catalog.connect() as connection:
        return list(connection.scalars(asked))


def known_counters(catalog: Catalog) -> list[int]:
    """The ids of all counters, deleted ones among them."""
    with catalog.connect() as connection:
        return list(connection.scalars(select(COUNTERS.c.id)))


def known_uploadings(catalog: Catalog, *, after: int = 0) -> list[Known]:
    """All uploadings with an id greater than `after`, oldest first."""
    columns = [UPLOADINGS.c[name] for name in Known.__dataclass_fields__]
    asked = select(*columns).where(UPLOADINGS.c.id > after).order_by(UPLOADINGS.c.id)
    with catalog.connect() as connection:
        return [
            Known(**{**row, "status": UploadStatus(row["status"])})
            for row in connection.execute(asked).mappings()
        ]


def take_for_matched(catalog: Catalog, uploadings: Collection[int]) -> None:
    """Write down of uploadings that their rows and links are in the lake: only counting is left.

    When they were linked is not known here: they are taken for linked when they were accepted.
    """
    began = func.coalesce(UPLOADINGS.c.processed_at, UPLOADINGS.c.created_at)
    matched = {"status": UploadStatus.MATCHED.value, "processed_at": began}
    with catalog.begin() as connection:
        connection.execute(
            update(UPLOADINGS).where(UPLOADINGS.c.id.in_(uploadings)).values(matched)
        )


def give_no_id_up_to(catalog: Catalog, uploading_id: int) -> None:
    """See to it that the next uploading has a greater id than this."""
    with catalog.begin() as connection:
        for statement in _NUMBERING[catalog.dialect.name].split(";"):
            connection.execute(text(statement), {"id": uploading_id})


_NUMBERING: Final = {
    "sqlite": """
        insert into sqlite_sequence (name, seq) select 'uploadings', 0
        where not exists (select 1 from sqlite_sequence where name = 'uploadings');
        update sqlite_sequence set seq = max(seq, :id) where name = 'uploadings'
    """,
    # nextval first: a sequence says what comes next only by moving on.
    "postgresql": """
        select setval(
            pg_get_serial_sequence('uploadings', 'id'),
            greatest(nextval(pg_get_serial_sequence('uploadings', 'id')), :id)
        )
    """,
}
"""How a database is told from where it goes on numbering."""
