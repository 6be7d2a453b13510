"""How do rows get into the Delta tables, once each, and which files hold them?"""

import json
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from threading import RLock, local
from typing import Any, Final

import duckdb
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from visitjoin.contract.uploads import UploadingId
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

    def files(self, table: LakeTable, counter_id: int, *uploading_ids: int) -> list[str]:
        """The Parquet files that hold the rows of a counter, or those uploadings may be in.

        uploading_ids: none for all of the counter's rows.

        One consistent snapshot: files that are replaced later stay readable.
        """
        return files_of(self.open(table), counter_id, *uploading_ids)

    def append(
        self,
        table: LakeTable,
        rows: Mapping[UploadingId, Path],
        *,
        counter_id: int,
        round_: int = 0,
    ) -> None:
        """Append the rows of uploadings, once: a repeat goes on where the first try ended.

        rows: of each uploading a Parquet file with the table's columns, the same at every try of a
        round. Of several uploadings they go in one commit: together SLICE rows at most.
        round_: where rows come to a table more than once for an uploading, which time it is;
        rising. Those of a round before the newest are not appended any more.

        On disk when this returns. Raises CommitFailedError where another appends of the same at the
        same moment: then it, or a repeat of this, has the rows.
        """
        first = round_ * _SLICES_OF_A_ROUND
        with self.writing, self.connect() as connection:
            delta = self.open(table)
            slices = {
                uploading_id: -(-row_no // SLICE)
                for uploading_id, row_no in _last_rows(connection, rows).items()
            }
            for number in range(max(slices.values(), default=0)):
                # Delta writes the transactions down with the rows. It refuses a commit of one that
                # another made after this look, and does not look at earlier ones itself.
                written = {
                    uploading_id: _transaction(f"{table}/{uploading_id}", first + number + 1)
                    for uploading_id, quantity in slices.items()
                    if number < quantity
                }
                new = {key: one for key, one in written.items() if not _has(delta, one)}
                if not new:
                    continue
                asked = {
                    "counter": counter_id,
                    "uploadings": list(new),
                    "files": [str(rows[uploading_id]) for uploading_id in new],
                    "after": number * SLICE,
                    "upto": (number + 1) * SLICE,
                }
                found = connection.sql(_slice(table), params=asked).to_arrow_reader(BATCH)
                properties = CommitProperties(app_transactions=list(new.values()))
                write_deltalake(delta, found, mode="append", commit_properties=properties)
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


def files_of(delta: DeltaTable, counter_id: int, *uploading_ids: int) -> list[str]:
    """As `Lake.files`, of a table that is open."""
    wanted = f"{PARTITION} = {counter_id:d}"
    if uploading_ids:
        least, greatest = min(uploading_ids), max(uploading_ids)
        wanted += f" and {UPLOADING} >= {least:d} and {UPLOADING} <= {greatest:d}"
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
        f"select $counter::bigint as {PARTITION}, {UPLOADING}, {columns} "  # noqa: S608 - names from the contract
        "from read_parquet($files, filename => true) join ("
        f"select unnest($uploadings::bigint[]) as {UPLOADING}, unnest($files) as filename"
        ") using (filename) where row_no > $after and row_no <= $upto"
    )


def _last_rows(
    connection: duckdb.DuckDBPyConnection, rows: Mapping[UploadingId, Path]
) -> Mapping[UploadingId, int]:
    """The last row number of each uploading's file; those without rows are left out."""
    found = connection.execute(
        "select filename, max(row_no) from read_parquet($files, filename => true) "
        "group by filename",
        {"files": [str(file) for file in rows.values()]},
    )
    last = dict(found.fetchall())
    return {key: last[str(file)] for key, file in rows.items() if str(file) in last}


def _transaction(name: str, version: int) -> Transaction:
    # deltalake forgets it by the machine's clock (see tables.py), so that is the one to write down.
    return Transaction(name, version, time.time_ns() // 1_000_000)


def _has(delta: DeltaTable, transaction: Transaction) -> bool:
    """Whether a transaction, or a later one of its name, is in a table."""
    return (delta.transaction_version(transaction.app_id) or 0) >= transaction.version


def _added(commit: Path) -> list[str]:
    # Not `splitlines`: the log may have values of rows, and U+0085, which JSON holds as it is, ends
    # a line for Python.
    actions = [json.loads(line) for line in commit.read_bytes().split(b"\n") if line]
    return [action["add"]["path"] for action in actions if "add" in action]
