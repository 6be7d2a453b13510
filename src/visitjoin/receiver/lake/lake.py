"""How do rows get into the Delta tables, once each, and which files hold them?"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from threading import RLock
from typing import Any

import duckdb
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from visitjoin.receiver.durable import sync_with_folders
from visitjoin.receiver.lake.tables import PARTITION, UPLOADING, LakeTable


@dataclass(frozen=True)
class Lake:
    """The Delta tables under one folder or object store."""

    url: str
    memory_limit: str | None = None
    """Of one query over the tables, as DuckDB writes it; None: DuckDB's own default."""
    spill: Path | None = None
    """Folder for what does not fit into memory; None: the machine's temporary folder."""
    writing: RLock = field(default_factory=RLock, repr=False)
    """Held by whoever writes. Two writers would not corrupt a table, but one would have to
    start again, and the look at the application transaction would not be worth anything."""

    def open(self, table: LakeTable) -> DeltaTable:
        """The table as it is now, made where it is missing."""
        url = f"{self.url}/{table}"
        if not DeltaTable.is_deltatable(url):
            with self.writing:
                DeltaTable.create(url, table.schema, mode="ignore", partition_by=[PARTITION])
        return DeltaTable(url)

    def files(
        self, table: LakeTable, counter_id: int, uploading_id: int | None = None
    ) -> list[str]:
        """The Parquet files that hold the rows of a counter, or those an uploading may be in.

        One consistent snapshot: files that are replaced later stay readable.
        """
        wanted = f"{PARTITION} = {counter_id:d}"
        if uploading_id is not None:
            wanted += f" and {UPLOADING} = {uploading_id:d}"
        return self.open(table).file_uris(file_pruning_predicate=wanted)

    def append(self, table: LakeTable, rows: Path, *, counter_id: int, uploading_id: int) -> None:
        """Append the rows of an uploading, once: a repeat does nothing.

        rows: a Parquet file with the table's columns. On disk when this returns.
        """
        transaction = f"{table}/{uploading_id}"
        with self.writing, self.connect() as connection:
            delta = self.open(table)
            # Delta writes the transaction down with the rows and does not look at it again.
            if delta.transaction_version(transaction) is not None:
                return
            columns = ", ".join(f'"{name}"' for name in table.columns)
            arrow = connection.sql(
                f"select $counter::bigint as {PARTITION}, $uploading::bigint as {UPLOADING}, "  # noqa: S608 - names from the contract
                f"{columns} from read_parquet($rows)",
                params={"counter": counter_id, "uploading": uploading_id, "rows": str(rows)},
            ).to_arrow_reader(100_000)
            write_deltalake(
                delta,
                arrow,
                mode="append",
                commit_properties=CommitProperties(
                    app_transactions=[Transaction(transaction, 1)],
                ),
            )
            self.settle(delta)

    def settle(self, delta: DeltaTable) -> None:
        """Wait until the newest commit of a table is on disk, where the lake is a folder.

        deltalake writes files and does not sync them; an object store keeps what it took.
        """
        root = Path(self.url)
        if not root.is_dir():
            return
        folder = Path(f"{self.url}/{Path(delta.table_uri).name}")
        commit = folder / "_delta_log" / f"{delta.version():020}.json"
        sync_with_folders([commit, *(folder / path for path in _added(commit))], up_to=root)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """An engine for questions about the tables, with this lake's memory limit."""
        config: dict[str, Any] = {"temp_directory": str(self.spill or gettempdir())}
        if self.memory_limit is not None:
            config["memory_limit"] = self.memory_limit
        return duckdb.connect(config=config)


def _added(commit: Path) -> list[str]:
    lines = commit.read_text(encoding="utf-8").splitlines()
    actions = [json.loads(line) for line in lines]
    return [action["add"]["path"] for action in actions if "add" in action]
