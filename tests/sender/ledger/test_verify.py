"""What is wrong with a ledger is found, and said with what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sender.ledger.filled import NOW, OWNER, fill, snapshot
from visitjoin.contract.errors import LedgerError
from visitjoin.sender.ledger.ledger import Ledger, open_ledger
from visitjoin.sender.ledger.verify import Check, verify

BLOCK = 256 * 1024
"""Bytes of a block of DuckDB's."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.duckdb"
    fill(path)
    return path


def checks(path: Path, harm: Callable[[Ledger], object] = lambda _: None) -> tuple[Check, ...]:
    with open_ledger(path, OWNER, now=NOW) as ledger:
        harm(ledger)
        return verify(ledger)


def faults(path: Path, harm: Callable[[Ledger], object]) -> list[str]:
    return [fault for check in checks(path, harm) for fault in check.faults]


def test_a_whole_ledger_has_no_faults_and_says_what_was_checked(path: Path) -> None:
    found = checks(path)

    assert [check.faults for check in found] == [()] * len(found)
    told = "; ".join(check.what for check in found)
    assert "3 batches" in told
    assert "9 rows" in told
    assert "2 files" in told


def test_every_fault_comes_with_what_to_do(path: Path) -> None:
    found = checks(path, lambda ledger: ledger.file_of("b2").unlink())

    assert [check.advice for check in found if check.faults] == [
        check.advice for check in found if check.advice.startswith("Put the file back into")
    ]


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (
            "delete from sent where batch_no = 2 and happened_at = 1",
            "batch 2 (b2) was sent with 3 rows, and 2 are recorded",
        ),
        ("update batches set state = 'refused' where batch_no = 2", "sent with 0 rows, and 3 are"),
        ("update sent set batch_no = 9 where batch_no = 2", "3 rows are of batch 9, which does"),
        ("update daily set rows = 2", "batch 1 (b1) has 3 rows to count by day, and 2 are"),
        (
            "insert into daily select 2, * exclude (batch_no) from daily",
            "batch 2 (b2) has 0 rows to count by day, and 3 are",
        ),
        ("update batches set uploading = 11 where batch_no = 3", "uploading 11 belongs to 2"),
        (
            "update batches set uploading = null where batch_no = 3",
            "batch 3 (b3) is accepted and has no uploading",
        ),
    ],
)
def test_what_does_not_add_up_is_found(path: Path, harm: str, fault: str) -> None:
    found = faults(path, lambda ledger: ledger.engine.execute(harm))

    assert fault in "; ".join(found)


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (lambda ledger: ledger.file_of("b2").unlink(), "(b2, ready, 3 rows) is not there"),
        (lambda ledger: ledger.file_of("b3").write_text("cut"), "accepted, 3 rows) has 3 bytes"),
    ],
)
def test_the_file_of_a_batch_on_its_way_must_be_there_and_whole(
    path: Path, harm: Callable[[Ledger], object], fault: str
) -> None:
    (found,) = faults(path, harm)

    assert fault in found


def test_rows_that_a_batch_sends_again_are_those_of_the_other_batch(path: Path) -> None:
    repeats = "update batches set repeats = 1 where batch_no = 2; delete from sent where batch_no=2"

    assert faults(path, lambda ledger: ledger.engine.execute(repeats)) == []


def test_a_byte_that_was_changed_on_the_disk_is_found_in_whatever_block_it_is(path: Path) -> None:
    """DuckDB has a checksum of each block; one that holds nothing of ours may go unnoticed."""
    known = snapshot(path)
    whole = path.read_bytes()
    found = 0
    for place in range(BLOCK // 2, len(whole), BLOCK):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            damaged = any(check.faults for check in checks(path))
        except LedgerError:
            damaged = True
        assert damaged or snapshot(path) == known
        found += damaged

    assert found >= 2
