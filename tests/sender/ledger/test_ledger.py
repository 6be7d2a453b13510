from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from msgspec.structs import replace

from visitjoin.contract.errors import LedgerError
from visitjoin.contract.uploads import UploadType
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch, State
from visitjoin.sender.ledger.ledger import Ledger, Owner, open_ledger
from visitjoin.sender.ledger.schema import NEWEST

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
OWNER = Owner(server="127.0.0.1:8080", counter=1)


def batch(number: int) -> Batch:
    return Batch(
        number=number,
        id=f"b{number}",
        run=1,
        type=UploadType.BASIC,
        kind=None,
        repeats=None,
        rows=1,
        bytes=10,
        first_happened_at=0,
        last_happened_at=0,
    )


def record(ledger: Ledger, number: int, *, identity: int) -> Batch:
    ledger.engine.execute(
        "create or replace temp view leaving as select 1 as row_no, "
        f"{identity}::uhugeint as identity, null::uhugeint as alone, null::uhugeint as key, "
        "'CLIENT_ID' as kind, "
        "0 as happened_at, 5.0 as price, 'RUB' as currency"
    )
    one = batch(number)
    ledger.file_of(one.id).touch()
    batches.record(ledger, one, NOW, first_row=1, last_row=1)
    return one


def sent(ledger: Ledger) -> list[int]:
    return [row[0] for row in ledger.engine.execute("select batch_no from sent").fetchall()]


def test_what_was_recorded_is_there_when_the_ledger_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"
    with open_ledger(path, OWNER, now=NOW) as ledger:
        record(ledger, 1, identity=2**127)

    with open_ledger(path, OWNER, now=NOW) as ledger:
        assert batches.unfinished(ledger) == [replace(batch(1), state_at=int(NOW.timestamp()))]
        assert ledger.engine.execute("select identity from sent").fetchall() == [(2**127,)]


def test_a_refused_batch_frees_its_rows_and_its_file(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "ledger.duckdb", OWNER, now=NOW) as ledger:
        refused = record(ledger, 1, identity=1)
        record(ledger, 2, identity=2)

        assert batches.refuse(ledger, refused, NOW, refusal="400 no").state is State.REFUSED
        assert sent(ledger) == [2]
        assert [file.name for file in ledger.files.iterdir()] == ["b2.csv"]


def test_a_file_that_no_batch_names_is_swept(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "ledger.duckdb", OWNER, now=NOW) as ledger:
        record(ledger, 1, identity=1)
        ledger.file_of("of a run that died").touch()

        batches.sweep(ledger)

        assert [file.name for file in ledger.files.iterdir()] == ["b1.csv"]


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "ledger.duckdb", OWNER, now=NOW) as ledger:
        record(ledger, 1, identity=1)

        with pytest.raises(duckdb.ConstraintException):
            record(ledger, 1, identity=2)

        assert len(batches.all_batches(ledger)) == 1
        assert sent(ledger) == [1]


def test_a_query_that_fails_is_an_error_that_says_where_to_look(tmp_path: Path) -> None:
    with (
        pytest.raises(LedgerError, match="visitjoin ledger verify"),
        open_ledger(tmp_path / "ledger.duckdb", OWNER, now=NOW) as ledger,
    ):
        ledger.engine.execute("select nothing from nowhere")


def test_a_query_that_needs_more_memory_is_an_error_that_says_how_to_give_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "1.duckdb"
    with (
        pytest.raises(LedgerError, match=r"needs more memory .* --memory-limit says\. Raise"),
        open_ledger(path, OWNER, now=NOW, memory_limit="20MB") as ledger,
    ):
        ledger.engine.execute("select list(range) from range(10000000)")


def test_the_ledger_of_another_counter_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"
    with open_ledger(path, OWNER, now=NOW):
        pass

    other = Owner(server=OWNER.server, counter=2)
    with (
        pytest.raises(LedgerError, match="ledger of counter 1 of 127"),
        open_ledger(path, other, now=NOW),
    ):
        pass


def test_a_ledger_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"
    with open_ledger(path, OWNER, now=NOW) as ledger:
        ledger.engine.execute("insert into migrations values ($1)", [NEWEST + 1])

    with (
        pytest.raises(LedgerError, match="newer visitjoin"),
        open_ledger(path, OWNER, now=NOW),
    ):
        pass


def test_a_damaged_ledger_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"
    path.write_bytes(b"not a database" * 1000)

    with (
        pytest.raises(LedgerError, match="Put back a copy"),
        open_ledger(path, OWNER, now=NOW),
    ):
        pass


def test_a_ledger_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledgers" / "ledger.duckdb"
    with open_ledger(path, OWNER, now=NOW) as ledger:
        modes = [oct(file.stat().st_mode & 0o777) for file in (path, path.parent, ledger.files)]

    assert modes == ["0o600", "0o700", "0o700"]
