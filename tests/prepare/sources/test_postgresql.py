"""The same over PostgreSQL; skipped where none is installed."""

from decimal import Decimal

import adbc_driver_postgresql.dbapi
import pytest

from tests.postgresql import PASSWORD, Server
from tests.prepare.conftest import Check
from visitjoin.contract.errors import SourceError
from visitjoin.contract.reasons import Reason
from visitjoin.prepare import Query

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


@pytest.fixture(scope="module")
def server(postgresql: Server) -> Server:
    with (
        adbc_driver_postgresql.dbapi.connect(postgresql.address()) as connection,
        connection.cursor() as cursor,
    ):
        for statement in SETUP.strip().strip(";").split(";"):
            cursor.execute(statement)
        connection.commit()
    return postgresql


def ask(server: Server, sql: str) -> Query:
    return Query(sql, server.address())


def test_every_type_arrives_with_its_meaning(check: Check, server: Server) -> None:
    result = check(
        ask(
            server,
            'select client as "ClientId", visitor as "Yclid", note as "UserId", stage as "Target", '
            'paid as "DateTime", sum as "Price", \'rub\'::char(5) as "Currency" from deals;',
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

    assert check(ask(server, sql)).only["happened_at"] == 1793703900


def test_a_float_column_shows_the_damage_of_its_identifiers(check: Check, server: Server) -> None:
    sql = "select real_visitor as clientid, stage as target, paid as datetime from deals"

    assert check(ask(server, sql)).reasons == [Reason.IDENTIFIER_DAMAGED]


def test_a_long_answer_comes_whole_and_in_order(check: Check, server: Server) -> None:
    sql = (
        "select n as clientid, 'order_paid' as target, 1794690000 as datetime "
        "from generate_series(1, 200000) as n"
    )

    result = check(ask(server, sql))

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
        check(ask(server, sql))

    assert "Query was" not in str(caught.value)


def test_a_wrong_password_is_told_without_it(check: Check, server: Server) -> None:
    wrong = server.address().replace(PASSWORD, "hunter2")

    with pytest.raises(SourceError, match="password authentication failed") as caught:
        check(Query("select 1", wrong))

    assert "hunter2" not in str(caught.value)
