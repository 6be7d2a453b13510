import sqlite3
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from tests.prepare.conftest import Check
from visitjoin.contract.errors import SettingError, SourceError
from visitjoin.contract.reasons import Reason
from visitjoin.prepare import Query
from visitjoin.prepare.sources import has_password

MOMENT = 1794690000


class Shop:
    """A SQLite database of deals, whose columns have no types, as SQLite allows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("create table deals (client, target, at, price)")

    def add(self, rows: Sequence[Sequence[object]]) -> None:
        with closing(sqlite3.connect(self.path)) as database, database:
            database.executemany("insert into deals values (?, ?, ?, ?)", rows)

    def ask(self, sql: str) -> Query:
        return Query(sql, f"sqlite:///{self.path}")


ALL = "select client as ClientId, target, at as DateTime, price as Price from deals"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop.db")


def test_integers_keep_every_digit(check: Check, shop: Shop) -> None:
    shop.add([(2**63 - 1, "t", MOMENT, 5), ("18446744073709551615", "t", MOMENT, 5)])

    result = check(shop.ask(ALL))

    assert [row["client_id"] for row in result.conversions] == [
        "9223372036854775807",
        "18446744073709551615",
    ]


def test_an_integer_beside_a_real_number_stays_exact_and_the_real_one_shows_its_damage(
    check: Check, shop: Shop
) -> None:
    shop.add([(1793200000123456789, "t", MOMENT, 0.1 + 0.2), (1.7932e18, "t", MOMENT, 5.0)])

    result = check(shop.ask(ALL))

    assert result.only["client_id"] == "1793200000123456789"
    assert result.only["price"] == Decimal("0.3")
    assert result.reasons == [Reason.IDENTIFIER_DAMAGED]


def test_a_column_may_change_its_kind_far_down_or_begin_with_nulls(
    check: Check, shop: Shop
) -> None:
    shop.add([(17, "t", MOMENT, None)] * 25_000)
    shop.add([("crm-204", "t", MOMENT, 990.5), (18, "t", MOMENT, "1 200,50")])

    result = check(shop.ask(ALL))

    assert result.reasons == [Reason.IDENTIFIER_NOT_A_NUMBER]
    assert len(result.conversions) == 25_001
    assert result.conversions[-1]["price"] == Decimal("1200.5")


@pytest.mark.parametrize(
    "sql",
    [
        ALL + " ;\n",
        ALL + " -- the newest",
        "with d as (select client as ClientId, target, at as DateTime from deals) select * from d",
        f"{ALL} order by at desc limit 10",
        "select client as ClientId, target, at as DateTime from deals as answer",
        "select client as ClientId, 0 as x, 1 as x, target, at as DateTime, price from deals",
    ],
)
def test_a_query_is_taken_as_it_is_written(check: Check, shop: Shop, sql: str) -> None:
    shop.add([(17, "t", MOMENT, 5)])

    assert check(shop.ask(sql)).only["client_id"] == "17"


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select * from leads", "no such table: leads"),
        ("selec", "syntax error"),
        ("select client from deals; drop table deals", "syntax error"),
        ("insert into deals values (1, 2, 3, 4)", "syntax error"),
        ("", "syntax error"),
        (ALL, "There are no rows"),
        ("select 1 as one", "No column for"),
    ],
)
def test_a_query_that_fails_is_one_clear_error(
    check: Check, shop: Shop, sql: str, message: str
) -> None:
    with pytest.raises(SourceError, match=f"query.*: .*{message}"):
        check(shop.ask(sql))


def test_a_database_that_is_not_there_is_not_created(check: Check, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no such database file"):
        check(Query(ALL, f"sqlite:///{tmp_path}/other.db"))

    assert not (tmp_path / "other.db").exists()


def test_a_query_cannot_change_the_database(check: Check, shop: Shop) -> None:
    shop.add([(17, "t", MOMENT, 5)])
    before = shop.path.read_bytes()

    check(shop.ask(ALL))

    assert shop.path.read_bytes() == before
    assert [path.name for path in shop.path.parent.glob("shop*")] == ["shop.db"]


def test_an_address_of_another_kind_is_a_wrong_setting(check: Check) -> None:
    with pytest.raises(SettingError, match="begins with sqlite:/// or postgresql://") as caught:
        check(Query(ALL, "mysql://shop:hunter2@localhost/shop"))

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://shop:hunter2@127.0.0.1:1/shop",
        "postgresql://shop:hunter2@[bad/shop",
        "postgresql://shop:hunter2@127.0.0.1:port/shop",
        "postgresql://shop@127.0.0.1:1/shop?password=hunter2&nonsense=1",
        "postgresql://shop:hunter%32@127.0.0.1:1/hunter2",
    ],
)
def test_no_text_of_ours_shows_a_password(check: Check, uri: str) -> None:
    query = Query(ALL, uri)

    with pytest.raises(SourceError, match="query: The query failed: ") as caught:
        check(query)

    assert has_password(uri)
    assert "hunter" not in str(caught.value) + repr(query)
    assert caught.value.__cause__ is None
