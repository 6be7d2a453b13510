"""link.sql stays in what DuckDB, Spark SQL and ClickHouse share, so that a cluster can run it."""

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel

from visitjoin.linking.engine import TEXT

SHARED_FUNCTIONS = (exp.Max, exp.Min, exp.Case, exp.If, exp.And, exp.Or, exp.Coalesce)


@pytest.mark.parametrize("dialect", ["duckdb", "spark", "clickhouse"])
def test_the_text_is_read_and_written_by_each_dialect_without_a_change_of_meaning(
    dialect: str,
) -> None:
    tree = sqlglot.parse_one(TEXT, dialect=dialect, error_level=ErrorLevel.RAISE)

    # Where nulls go in an order differs between engines; the moments of the join are never null.
    written = tree.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE)
    ours = sqlglot.parse_one(TEXT, dialect="duckdb").sql(dialect="duckdb")
    assert written.casefold().replace(" nulls first", "") == ours.casefold()


def test_it_calls_no_function_that_one_engine_has_alone() -> None:
    tree = sqlglot.parse_one(TEXT, dialect="spark")

    called = {type(function) for function in tree.find_all(exp.Func)}

    assert called <= set(SHARED_FUNCTIONS)


def test_it_has_no_as_of_join_and_no_qualify() -> None:
    tree = sqlglot.parse_one(TEXT, dialect="duckdb")

    assert not list(tree.find_all(exp.Qualify))
    assert {join.method for join in tree.find_all(exp.Join)} == {""}
