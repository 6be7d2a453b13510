"""Generated tables for the benchmarks: the same rows every time, written by DuckDB."""

from pathlib import Path

import duckdb

NOW = 1_795_000_000
"""The moment of the benchmarks: November 2026, Unix seconds."""

_CLIENT_ID = (
    "(1600000000 + hash(i) % 190000000)::varchar || (1000000 + hash(i, 1) % 990000000)::varchar"
)
_HAPPENED_AT = f"{NOW} - (hash(i, 2) % 2000000)::bigint"
_CENTS = "hash(i, 3) % 5000000"


def write_clean(path: Path, rows: int) -> None:
    """The API's own CSV: ClientIds, Unix seconds, decimal points; every row is sound."""
    _copy(
        path,
        f"""
        select {_CLIENT_ID} as "ClientId", 'order_paid' as "Target",
               ({_HAPPENED_AT})::varchar as "DateTime",
               printf('%.2f', {_CENTS} / 100.0) as "Price", 'RUB' as "Currency"
        from range({rows}) as t(i)
        """,
        separator=",",
    )


def write_messy(path: Path, rows: int) -> None:
    """A CRM export: semicolons, decimal commas, local times, three kinds of identifier, 5 % faults.

    Of a hundred rows one has no identifier, one an id that a spreadsheet ruined, one a price in
    words, one no time, and one lies in the future.
    """
    _copy(
        path,
        f"""
        select 'D-' || i as "Deal",
               case when i % 100 = 7 then '1,79351E+18'
                    when i % 100 = 8 or i % 3 <> 0 then ''
                    else {_CLIENT_ID} end as "Client ID",
               case when i % 100 = 8 or i % 3 <> 1 then '' else 'crm-' || hash(i) % 1000000 end
                   as "User ID",
               case when i % 100 = 8 or i % 3 <> 2 then '' else {_CLIENT_ID} end as "yclid",
               ' order_paid ' as "Goal",
               case when i % 100 = 9 then ''
                    else strftime(make_timestamp(
                        case when i % 100 = 10 then {NOW} + 900000 else {_HAPPENED_AT} end * 1000000
                    ), '%d.%m.%Y %H:%M') end as "Paid at",
               case when i % 100 = 11 then 'on request'
                    else replace(printf('%.2f', {_CENTS} / 100.0), '.', ',') end as "Amount",
               case when i % 2 = 0 then 'rub' else 'RUB' end as "Currency"
        from range({rows}) as t(i)
        """,
        separator=";",
    )


def _copy(path: Path, query: str, *, separator: str) -> None:
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as connection:
        connection.execute(f"copy ({query}) to '{path}' (header, delimiter '{separator}')")
