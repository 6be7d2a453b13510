"""How do rows get into the Delta tables, once each, and which files hold them?"""

import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from threading import RLock, local
from typing import Any, Final

import duckdb
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from visitjoin.disk.durable import sync, sync_with_folders
from visitjoin.linking.addresses import check_reachable, is_folder, reach
from visitjoin.receiver.lake.staying import Stay
from visitjoin.receiver.lake.tables import PARTITION, UPLOADING, LakeTable

SLICE: Final = 1_000_000
"""Rows of a commit at most: deltalake holds what it writes in memory, 0.3 GB for so many rows, and
0.8 GB for 9 million."""

_SLICES_OF_A_ROUND: Final = 1_000_000
"""More than a round has: an uploading is a file of 1 GB."""

BATCH: Final = 50_000
"""Rows that travel at once from the engine to a table."""


@dataclass(frozen=True)
class Lake:
    """The Delta tables under one folder or object store."""

    url: str
    memory_limit: str | None = None
    """Of one query over the tables, as DuckDB writes it; None: DuckDB's own default."""
    spill: Path | None = None
    """Folder for what does not fit into memory; None: the machine's temporary folder."""
    writing: RLock = field(default_factory=RLock, repr=False)
    """Held by whoever writes, so that one slice at a time is in the memory of this process. Delta
    keeps writers of several processes apart."""
    _here: local = field(default_factory=local, repr=False, compare=False)
    """Has `stay` in a thread that keeps an engine and tables."""

    def __post_init__(self) -> None:
        """Raises SettingError where the tables could not be read."""
        check_reachable(self.url)

    @contextmanager
    def staying(self) -> Iterator[None]:
        """Keep an engine and the tables open for what this thread does in the block."""
        self._here.stay = stay = Stay(self._engine)
        try:
            yield
        finally:
            self._here.stay = None
            stay.end()

    def open(self, table: LakeTable) -> DeltaTable:
        """The table as it is now, made where it is missing."""
        url = f"{self.url}/{table}"
        stay = self._stay
        if stay is not None and stay.is_open(url):
            return stay.open(url)
        if not DeltaTable.is_deltatable(url):
            with self.writing:
                _create(url, table)
        return DeltaTable(url) if stay is None else stay.open(url)

    def files(
        self, table: LakeTable, counter_id: int, uploading_id: int | None = None
    ) -> list[str]:
        """The Parquet files that hold the rows of a counter, or those an uploading may be in.

        One consistent snapshot: files that are replaced later stay readable.
        """
        return files_of(self.open(table), counter_id, uploading_id)

    def append(
        self, table: LakeTable, rows: Path, *, counter_id: int, uploading_id: int, round_: int = 0
    ) -> None:
        """Append the rows of an uploading, once: a repeat goes on where the first try ended.

        rows: a Parquet file with the table's columns, the same at every try of a round.
        round_: where more than one lot of rows comes to a table, which it is; rising. A lot of a
        round before the newest is not appended any more.

        On disk when this returns. Raises CommitFailedError where another appends the same at the
        same moment: then it, or a repeat of this, has the rows.
        """
        transaction = f"{table}/{uploading_id}"
        first = round_ * _SLICES_OF_A_ROUND
        with self.writing, self.connect() as connection:
            delta = self.open(table)
            last = first - (-_last_row(connection, rows) // SLICE)
            # Delta writes the transaction down with the rows. It refuses a commit of one that
            # another made after this look, and does not look at earlier ones itself.
            while (done := max(first, delta.transaction_version(transaction) or 0)) < last:
                asked = {
                    "counter": counter_id,
                    "uploading": uploading_id,
                    "rows": str(rows),
                    "after": (done - first) * SLICE,
                    "upto": (done - first + 1) * SLICE,
                }
                written = CommitProperties(app_transactions=[Transaction(transaction, done + 1)])
                found = connection.sql(_slice(table), params=asked).to_arrow_reader(BATCH)
                write_deltalake(delta, found, mode="append", commit_properties=written)
                self.settle(delta)

    def settle(self, delta: DeltaTable) -> None:
        """Wait until the newest commit of a table is on disk, where the lake is a folder.

        deltalake writes files and does not sync them; an object store keeps what it took.
        """
        root = Path(self.url)
        if not is_folder(self.url):
            return
        folder = Path(f"{self.url}/{Path(delta.table_uri).name}")
        commit = folder / "_delta_log" / f"{delta.version():020}.json"
        sync_with_folders([commit, *(folder / path for path in _added(commit))], up_to=root)

    def settle_after(self, delta: DeltaTable) -> None:
        """Wait until every commit is on disk that a table has had since it was opened.

        For commits that do not take the opened table along: those of `create_write_transaction`.
        """
        if not is_folder(self.url):
            return
        newest = DeltaTable(delta.table_uri).version()
        for committed in range(delta.version() + 1, newest + 1):
            self.settle(DeltaTable(delta.table_uri, version=committed))

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """An engine for questions about the tables, with this lake's memory limit."""
        with closing(self._engine()) if self._stay is None else self._stay.connect() as connection:
            yield connection

    @property
    def _stay(self) -> Stay | None:
        stay: Stay | None = getattr(self._here, "stay", None)
        return stay

    def _engine(self) -> duckdb.DuckDBPyConnection:
        config: dict[str, Any] = {"temp_directory": str(self.spill or gettempdir())}
        if self.memory_limit is not None:
            config["memory_limit"] = self.memory_limit
        connection = duckdb.connect(config=config)
        connection.execute("set enable_progress_bar = false")  # it would write into the logs
        reach(connection, self.url)
        return connection


def files_of(delta: DeltaTable, counter_id: int, uploading_id: int | None = None) -> list[str]:
    """As `Lake.files`, of a table that is open."""
    wanted = f"{PARTITION} = {counter_id:d}"
    if uploading_id is not None:
        wanted += f" and {UPLOADING} = {uploading_id:d}"
    return delta.file_uris(file_pruning_predicate=wanted)


def _create(url: str, table: LakeTable) -> None:
    """Make a table, unless another makes it at the same moment.

    deltalake lets two make the same one, and the second one's commit of its columns makes others
    fail. A folder that is renamed comes into being at once. In an object store, which has no
    folders to rename, what fails at such a moment is tried again by whoever wanted it.
    """
    if not is_folder(url):
        DeltaTable.create(
            url,
            table.schema,
            mode="ignore",
            partition_by=[PARTITION],
            configuration=table.configuration,
        )
        return
    made = Path(f"{url}.{uuid.uuid4().hex}")
    DeltaTable.create(
        str(made), table.schema, partition_by=[PARTITION], configuration=table.configuration
    )
    sync_with_folders((made / "_delta_log").glob("*.json"), up_to=made)
    try:
        made.rename(url)
    except OSError:
        shutil.rmtree(made)
        if not DeltaTable.is_deltatable(url):  # nobody was faster: it failed
            raise
    else:
        sync(made.parent)


def _slice(table: LakeTable) -> str:
    columns = ", ".join(f'"{name}"' for name in table.columns)
    return (
        f"select $counter::bigint as {PARTITION}, $uploading::bigint as {UPLOADING}, {columns} "  # noqa: S608 - names from the contract
        "from read_parquet($rows) where row_no > $after and row_no <= $upto"
    )


def _last_row(connection: duckdb.DuckDBPyConnection, rows: Path) -> int:
    found = connection.execute("select max(row_no) from read_parquet($rows)", {"rows": str(rows)})
    ((last,),) = found.fetchall()
    return last or 0


def _added(commit: Path) -> list[str]:
    lines = commit.read_text(encoding="utf-8").splitlines()
    actions = [json.loads(line) for line in lines]
    return [action["add"]["path"] for action in actions if "add" in action]
