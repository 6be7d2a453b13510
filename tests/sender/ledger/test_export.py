"""A ledger leaves its machine and comes to another, whole or not at all."""

import json
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.sender.ledger.filled import NOW, OWNER, fill, record, snapshot
from visitjoin.contract.errors import LedgerError
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.exporting import export
from visitjoin.sender.ledger.importing import kept_aside, take_in
from visitjoin.sender.ledger.ledger import Owner, open_ledger
from visitjoin.sender.ledger.place import files_beside
from visitjoin.sender.ledger.portable import part_of

LATER = datetime(2026, 11, 4, 12, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "here" / "ledger.duckdb"
    fill(path)
    return path


def exported(ledger: Path, target: Path) -> Path:
    with open_ledger(ledger, OWNER, now=NOW) as opened:
        export(opened, OWNER, target, now=NOW)
    return target


@pytest.mark.parametrize("name", ["backup.zip", "backup"])
def test_on_another_machine_an_export_is_the_same_ledger(
    ledger: Path, tmp_path: Path, name: str
) -> None:
    there = tmp_path / "there" / "ledger.duckdb"

    take_in(exported(ledger, tmp_path / name), there, OWNER, now=LATER)

    assert snapshot(there) == snapshot(ledger)
    names = [file.name for file in sorted(files_beside(there).iterdir())]
    assert names == ["b2.csv", "b3.csv"]
    assert [file.name for file in sorted(there.parent.iterdir())] == [
        "ledger.batches",
        "ledger.duckdb",
        "ledger.lock",
    ]


def test_an_export_is_for_its_owner_alone(ledger: Path, tmp_path: Path) -> None:
    made = [exported(ledger, tmp_path / name) for name in ("backup.zip", "backup")]

    assert [oct(path.stat().st_mode & 0o777) for path in made] == ["0o600", "0o700"]


def test_a_zip_takes_the_place_of_an_older_one_and_a_folder_does_not(
    ledger: Path, tmp_path: Path
) -> None:
    (tmp_path / "backup.zip").write_text("an older one")
    (tmp_path / "backup").mkdir()

    assert zipfile.is_zipfile(exported(ledger, tmp_path / "backup.zip"))
    with pytest.raises(LedgerError, match="It exists"):
        exported(ledger, tmp_path / "backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "backup.zip", "here"]


def test_a_ledger_that_knows_more_is_not_overwritten(ledger: Path, tmp_path: Path) -> None:
    backup = exported(ledger, tmp_path / "backup.zip")
    with open_ledger(ledger, OWNER, now=LATER) as opened:
        record(opened, 4, rows=7)
        batches.sending(opened, batches.all_batches(opened)[1], LATER)
    before = snapshot(ledger)

    with pytest.raises(LedgerError, match="1 batches with 7 rows, what became of 1 batches"):
        take_in(backup, ledger, OWNER, now=LATER)

    assert snapshot(ledger) == before


def test_forced_the_ledger_that_was_there_is_kept_beside(ledger: Path, tmp_path: Path) -> None:
    backup = exported(ledger, tmp_path / "backup.zip")
    as_exported = snapshot(ledger)
    with open_ledger(ledger, OWNER, now=LATER) as opened:
        record(opened, 4, rows=7)
    before = snapshot(ledger)

    take_in(backup, ledger, OWNER, now=LATER, force=True)

    assert snapshot(ledger) == as_exported
    kept = tmp_path / "kept.duckdb"
    shutil.copy(kept_aside(ledger), kept)
    assert snapshot(kept) == before


def test_a_damaged_ledger_is_replaced_where_that_is_forced(ledger: Path, tmp_path: Path) -> None:
    backup = exported(ledger, tmp_path / "backup.zip")
    as_exported = snapshot(ledger)
    ledger.write_bytes(b"not a database" * 1000)
    log = ledger.with_name("ledger.duckdb.wal")
    log.write_bytes(b"nor is this its log")

    with pytest.raises(LedgerError, match="cannot be opened"):
        take_in(backup, ledger, OWNER, now=LATER)
    take_in(backup, ledger, OWNER, now=LATER, force=True)

    assert snapshot(ledger) == as_exported


@pytest.mark.parametrize("part", ["tables/sent.parquet", "tables/daily.parquet", "batches/b2.csv"])
def test_an_export_with_a_changed_byte_is_refused(ledger: Path, tmp_path: Path, part: str) -> None:
    file = exported(ledger, tmp_path / "backup") / part
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)

    there = tmp_path / "there" / "ledger.duckdb"
    with pytest.raises(LedgerError, match=f"{part} is missing or not as it was written"):
        take_in(tmp_path / "backup", there, OWNER, now=LATER)
    assert not there.exists()


def test_a_ledger_that_is_not_whole_takes_the_place_of_no_export(
    ledger: Path, tmp_path: Path
) -> None:
    good = exported(ledger, tmp_path / "backup.zip").read_bytes()
    (files_beside(ledger) / "b2.csv").unlink()

    with pytest.raises(LedgerError, match=r"not whole: that of batch 2 .* visitjoin ledger verify"):
        exported(ledger, tmp_path / "backup.zip")
    assert (tmp_path / "backup.zip").read_bytes() == good


def test_an_export_whose_rows_do_not_add_up_is_refused(ledger: Path, tmp_path: Path) -> None:
    backup = exported(ledger, tmp_path / "backup")
    name = "tables/sent.parquet"
    rows = pq.read_table(backup / name)
    pq.write_table(rows.filter(pc.field("batch_no") != 2), backup / name)
    manifest = json.loads((backup / "manifest.json").read_bytes())
    shorter = msgspec.to_builtins(part_of(backup, name, 6))
    manifest["parts"] = [shorter if p["name"] == name else p for p in manifest["parts"]]
    (backup / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(LedgerError, match=r"batch 2 \(b2\) was sent with 3 rows, and 0 are"):
        take_in(backup, tmp_path / "there" / "ledger.duckdb", OWNER, now=LATER)


def test_the_export_of_another_counter_is_refused(ledger: Path, tmp_path: Path) -> None:
    backup = exported(ledger, tmp_path / "backup.zip")
    other = Owner(server=OWNER.server, counter=2)

    with pytest.raises(LedgerError, match="is of counter 1 of 127"):
        take_in(backup, tmp_path / "other.duckdb", other, now=LATER)


def test_the_export_of_a_newer_program_is_refused(ledger: Path, tmp_path: Path) -> None:
    manifest = exported(ledger, tmp_path / "backup") / "manifest.json"
    written = json.loads(manifest.read_bytes())

    for name, message in (("format", "in the form 1000"), ("schema", "version is 1000")):
        manifest.write_text(json.dumps(written | {name: 1000}))
        with pytest.raises(LedgerError, match=message):
            take_in(tmp_path / "backup", tmp_path / "there.duckdb", OWNER, now=LATER)


def test_no_file_outside_the_export_is_read(ledger: Path, tmp_path: Path) -> None:
    manifest = exported(ledger, tmp_path / "backup") / "manifest.json"
    written = json.loads(manifest.read_bytes())
    written["parts"][0]["name"] = "tables/../../secret.parquet"
    manifest.write_text(json.dumps(written))

    with pytest.raises(LedgerError, match="is no file of an export"):
        take_in(tmp_path / "backup", tmp_path / "there.duckdb", OWNER, now=LATER)


def test_what_is_no_export_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("ClientId,Target\n")
    (tmp_path / "folder").mkdir()

    for name in ("deals.csv", "folder", "no such file.zip"):
        with pytest.raises(LedgerError, match="visitjoin ledger export"):
            take_in(tmp_path / name, tmp_path / "ledger.duckdb", OWNER, now=LATER)
