"""A ledger of an earlier program is brought up to date, whole or not at all."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from visitjoin.contract.errors import LedgerError
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import State
from visitjoin.sender.ledger.ledger import Owner, open_ledger
from visitjoin.sender.ledger.schema import (
    MIGRATIONS,
    NEWEST,
    bring_up_to_date,
    copy_of_version,
    version_of,
)
from visitjoin.sender.ledger.verify import verify

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
OWNER = Owner(server="127.0.0.1:8080", counter=1)
VERSION_1 = (Path(__file__).parent / "version_1.sql").read_text()
ROWS = [
    (2**128 - 1, 2**64, 1, 1792990000, Decimal("100.5"), "RUB", False),
    (1, None, 1, 1792990001, None, None, False),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A ledger that the program of version 1 wrote."""
    path = tmp_path / "127.0.0.1-8080-1.duckdb"
    engine = duckdb.connect(path)
    engine.execute(VERSION_1)
    engine.close()
    return path


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A folder of the first migration alone, to which a test adds."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    first = MIGRATIONS.joinpath("001_first.sql").read_text(encoding="utf-8")
    (folder / "001_first.sql").write_text(first)
    return folder


def sent(engine: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    columns = "identity, key, batch_no, happened_at, price, currency, retracted"
    return engine.execute(f"select {columns} from sent order by happened_at").fetchall()  # noqa: S608


def test_a_ledger_of_version_1_is_opened_with_all_that_it_knows(old: Path) -> None:
    with open_ledger(old, OWNER, now=NOW) as ledger:
        assert version_of(ledger.engine) == NEWEST
        assert sent(ledger.engine) == ROWS
        assert [fault for check in verify(ledger) for fault in check.faults] == []


def test_a_new_version_finds_the_rows_and_leaves_a_copy_for_going_back(
    old: Path, migrations: Path
) -> None:
    (migrations / "002_note.sql").write_text("alter table sent add column note varchar;")
    with duckdb.connect(old) as engine:
        bring_up_to_date(engine, old, migrations=migrations)

        assert version_of(engine) == 2
        assert sent(engine) == ROWS
    with duckdb.connect(copy_of_version(old, 1)) as copy:
        assert version_of(copy) == 1
        assert sent(copy) == ROWS
        with pytest.raises(duckdb.ConstraintException):
            copy.execute("insert into migrations values (1)")


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(old: Path, migrations: Path) -> None:
    (migrations / "002_broken.sql").write_text(
        "delete from sent; alter table sent add column note varchar; select * from no_such_table;"
    )
    with (
        duckdb.connect(old) as engine,
        pytest.raises(LedgerError, match=r"not be brought to version 2 .* of version 1: use the"),
    ):
        bring_up_to_date(engine, old, migrations=migrations)

    with duckdb.connect(old) as engine:
        assert version_of(engine) == 1
        assert sent(engine) == ROWS
    # The program's own migrations find it as it was.
    with open_ledger(old, OWNER, now=NOW) as ledger:
        assert [fault for check in verify(ledger) for fault in check.faults] == []


def test_of_two_migrations_the_first_stays_where_the_second_fails(
    old: Path, migrations: Path
) -> None:
    (migrations / "002_note.sql").write_text("alter table sent add column note varchar;")
    (migrations / "003_broken.sql").write_text("alter table sent drop column no_such_column;")
    with duckdb.connect(old) as engine:
        with pytest.raises(LedgerError, match="version 3"):
            bring_up_to_date(engine, old, migrations=migrations)

        assert version_of(engine) == 2
        assert sent(engine) == ROWS


def test_what_was_refused_before_its_reason_was_kept_is_still_told(tmp_path: Path) -> None:
    """As the program of version 2 left it."""
    path = tmp_path / "ledger.duckdb"
    with duckdb.connect(path) as engine:
        bring_up_to_date(engine, path, up_to=2)
        engine.execute(
            "insert into batches (batch_no, batch, run, type, rows, bytes, first_happened_at, "
            "last_happened_at, state, state_at) "
            "values (1, 'a', 1, 'BASIC', 3, 9, 5, 6, 'refused', 7)"
        )

    with open_ledger(path, OWNER, now=NOW) as ledger:
        (batch,) = batches.all_batches(ledger)

    assert (batch.state, batch.rows, batch.refusal) == (State.REFUSED, 3, None)


def test_a_ledger_that_is_new_or_up_to_date_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"
    for _ in range(2):
        with open_ledger(path, OWNER, now=NOW):
            pass

    assert list(tmp_path.glob("*.backup")) == []
