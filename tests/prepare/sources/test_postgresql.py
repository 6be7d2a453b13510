"""The same over PostgreSQL, with a server of its own; skipped where none is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import adbc_driver_postgresql.dbapi
import pytest

from tests.prepare.conftest import Check
from visitjoin.contract.errors import SourceError
from visitjoin.contract.reasons import Reason
from visitjoin.prepare import Query

PASSWORD = "open%20sesame"  # noqa: S105 - of a server that lives as long as the test
SETUP = """
create type stage as enum ('lead', 'order_paid');
create table deals (
    id bigserial primary key, client numeric(20, 0), visitor bigint, real_visitor float8,
    stage stage, paid timestamptz, local timestamp, price numeric(12, 2), sum money, note inet
);
insert into deals (client, visitor, real_visitor, stage, paid, local, price, sum, note)
values (18446744073709551615, 1793200000123456789, 1793200000123456789, 'order_paid',
        '2026-11-03 14:05+03', '2026-11-03 14:05', 990.50, 990.50, '192.0.2.1');
"""


def binaries() -> Path | None:
    """Where the server's programs are: on the PATH, or where Debian puts them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return debian[-1] if debian else None


class Server:
    """A server in a folder, which listens on a socket there and nowhere else."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.data = folder / "data"

    def start(self) -> None:
        (self.folder / "password").write_text("open sesame")
        if os.geteuid() == 0:
            # The server refuses to run as root.
            for path in (self.folder, self.folder / "password"):
                shutil.chown(path, "nobody")
        self.run(
            *("initdb", "-D", self.data, "-U", "shop", "-A", "scram-sha-256", "-N", "-E", "UTF8"),
            *("--pwfile", self.folder / "password"),
        )
        settings = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        self.run(
            "pg_ctl", "-D", self.data, "-o", settings, "-w", "-l", self.folder / "log", "start"
        )

    def stop(self) -> None:
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def run(self, program: str, *arguments: str | Path) -> None:
        as_nobody = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
        subprocess.run(
            [*(as_nobody if os.geteuid() == 0 else ()), self.programs / program, *arguments],
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://shop:{PASSWORD}@/{database}?host={self.folder}"

    def ask(self, sql: str) -> Query:
        return Query(sql, self.address())


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    programs = binaries()
    if programs is None:
        pytest.skip("No PostgreSQL is installed here (apt-get install postgresql).")
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("PostgreSQL does not run as root, and there is no setpriv to be another user.")
    # A socket's path may have about 100 characters: not pytest's long folders.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        running = Server(programs, Path(folder))
        running.start()
        try:
            with (
                adbc_driver_postgresql.dbapi.connect(running.address()) as connection,
                connection.cursor() as cursor,
            ):
                for statement in SETUP.strip().strip(";").split(";"):
                    cursor.execute(statement)
                connection.commit()
            yield running
        finally:
            running.stop()


def test_every_type_arrives_with_its_meaning(check: Check, server: Server) -> None:
    result = check(
        server.ask(
            'select client as "ClientId", visitor as "Yclid", note as "UserId", stage as "Target", '
            'paid as "DateTime", sum as "Price", \'rub\'::char(5) as "Currency" from deals;'
        )
    )

    assert result.only == {
        "row_no": 1,
        "client_id": "18446744073709551615",
        "user_id": "192.0.2.1/32",
        "yclid": "1793200000123456789",
        "purchase_id": None,
        "target": "order_paid",
        "happened_at": 1793703900,
        "price": Decimal("990.5"),
        "currency": "RUB",
    }


def test_a_local_time_is_read_in_the_zone_that_is_named(check: Check, server: Server) -> None:
    sql = "select visitor as clientid, stage as target, local as datetime from deals"

    assert check(server.ask(sql)).only["happened_at"] == 1793703900


def test_a_float_column_shows_the_damage_of_its_identifiers(check: Check, server: Server) -> None:
    sql = "select real_visitor as clientid, stage as target, paid as datetime from deals"

    assert check(server.ask(sql)).reasons == [Reason.IDENTIFIER_DAMAGED]


def test_a_long_answer_comes_whole_and_in_order(check: Check, server: Server) -> None:
    sql = (
        "select n as clientid, 'order_paid' as target, 1794690000 as datetime "
        "from generate_series(1, 200000) as n"
    )

    result = check(server.ask(sql))

    assert [row["client_id"] for row in result.conversions] == [str(n) for n in range(1, 200_001)]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select * from leads", 'relation "leads" does not exist'),
        ("select 1 / (id - 1) as clientid from deals", "division by zero"),
        ("delete from deals returning *", "in a read-only transaction"),
    ],
)
def test_a_query_that_fails_is_told_in_the_databases_words(
    check: Check, server: Server, sql: str, message: str
) -> None:
    with pytest.raises(SourceError, match=f"query: The query failed: .*{message}") as caught:
        check(server.ask(sql))

    assert "Query was" not in str(caught.value)


def test_a_wrong_password_is_told_without_it(check: Check, server: Server) -> None:
    wrong = server.address().replace(PASSWORD, "hunter2")

    with pytest.raises(SourceError, match="password authentication failed") as caught:
        check(Query("select 1", wrong))

    assert "hunter2" not in str(caught.value)
