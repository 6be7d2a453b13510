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


def write_messy(path: Path, rows: int, *, now: int = NOW, spread: int = 2_000_000) -> None:
    """A CRM export: semicolons, decimal commas, local times, three kinds of identifier, 5 % faults.

    Of a hundred rows one has no identifier, one an id that a spreadsheet ruined, one a price in
    words, one no time, and one lies in the future. now: Unix seconds. spread: the seconds before
    it over which the others lie.
    """
    happened_at = f"{now} - (hash(i, 2) % {spread})::bigint"
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
                        case when i % 100 = 10 then {now} + 900000 else {happened_at} end * 1000000
                    ), '%d.%m.%Y %H:%M') end as "Paid at",
               case when i % 100 = 11 then 'on request'
                    else replace(printf('%.2f', {_CENTS} / 100.0), '.', ',') end as "Amount",
               case when i % 2 = 0 then 'rub' else 'RUB' end as "Currency"
        from range({rows}) as t(i)
        """,
        separator=";",
    )


def write_visits(path: Path, rows: int) -> None:
    """Visits of four to a visitor, over 30 days: a fifth by a click, a tenth signed in."""
    visitor = f"hash(i) % {rows // 4}"
    _copy_parquet(
        path,
        f"""
        select 'v' || i as visit_id, {_client_of(visitor)} as client_id,
               case when hash(i, 2) % 10 = 0 then 'crm-' || ({visitor}) end as user_id,
               {_started_at("i")} as started_at, {_started_at("i")} + 600 as ended_at,
               case when hash(i, 4) % 5 = 0 then {_click_of("i")} end as yclid,
               case when hash(i, 6) % 50 = 0 then ['A-' || i] else [] end as purchase_ids,
               'ad' as traffic_source
        from range({rows}) as t(i)
        """,
    )


def write_conversions(path: Path, rows: int, *, visits: int) -> None:
    """Conversions of these visitors: 88 % with ClientId, 8 % UserId, 5 % Yclid, 2 % PurchaseId.

    A tenth of the visitors are unknown, one Target in a hundred has no goal, one row in two
    hundred comes twice, and 3 % of the rows carry two identifiers.
    """
    visitor = f"hash(i) % {visits * 11 // 40}"
    _copy_parquet(
        path,
        f"""
        select row_no,
               case when k < 88 then {_client_of(visitor)} end as client_id,
               case when k between 85 and 92 then 'crm-' || ({visitor}) end as user_id,
               case when k between 93 and 97 then {_click_of(f"(hash(i) % {visits})")} end as yclid,
               case when k >= 98 then 'A-' || (hash(i) % {visits}) end as purchase_id,
               case when hash(i, 8) % 100 = 0 then 'other' else 'order_paid' end as target,
               {NOW} - (hash(i, 9) % 2600000)::bigint as happened_at,
               (hash(i, 10) % 100000 / 100.0)::decimal(18, 6) as price, 'RUB' as currency
        from (
            select row_no, i, hash(i, 7) % 100 as k
            from (
                select r + 1 as row_no, case when r % 200 = 199 then r - 1 else r end as i
                from range({rows}) as t(r)
            )
        )
        """,
    )


def _client_of(visitor: str) -> str:
    first_seen = f"(1700000000 + hash({visitor}, 11) % 90000000)::varchar"
    return f"{first_seen} || (1000000 + hash({visitor}, 12) % 990000000)::varchar"


def _started_at(visit: str) -> str:
    return f"{NOW} - (hash({visit}, 3) % 2600000)::bigint"


def _click_of(visit: str) -> str:
    return f"(9000000000000000000::ubigint + hash({visit}, 5) % 1000000000000)::varchar"


def _copy_parquet(path: Path, query: str) -> None:
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")


def _copy(path: Path, query: str, *, separator: str) -> None:
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as connection:
        connection.execute(f"copy ({query}) to '{path}' (header, delimiter '{separator}')")
