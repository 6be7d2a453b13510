-- Which rows of a batch name visitors that were not found?
--
-- Reads   outcomes  as in said.sql; empty where the server says nothing by row
--         sent      of the ledger
--
-- file: of the batch; batch_no: its number; call_target: the Target of calls, whose files have none.
--
-- Returns row_no (of the file, from 1), happened_at, and the columns of the file as they stand
-- there, with the price that the ledger knows. Where the server says nothing by row these are all
-- rows: it takes those that it has linked as the same conversions. A row that a later batch sent
-- too, with another price, is that batch's to care for, and one that was withdrawn is nobody's: to
-- send it from here would put its old price back.

with

rows as (
    select null::varchar as "Price", null::varchar as "Currency"
    where false
    union all by name
    select row_number() over () as row_no, *
    from read_csv($file, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')
),

identified as (
    select
        row_no,
        -- As in fingerprints.sql.
        md5_number(
            concat_ws(
                chr(31),
                coalesce("ClientId", ''), coalesce("UserId", ''), coalesce("Yclid", ''),
                coalesce("PurchaseId", ''), coalesce("Target", $call_target), "DateTime"
            )
        ) as identity
    from (
        select
            null::varchar as "ClientId",
            null::varchar as "UserId",
            null::varchar as "Yclid",
            null::varchar as "PurchaseId",
            null::varchar as "Target"
        where false
        union all by name
        from rows
    )
),

known as (
    select
        identified.row_no,
        max(sent.batch_no) > $batch_no or bool_or(sent.retracted) as is_overtaken,
        arg_max({price: sent.price, currency: sent.currency}, sent.batch_no) as newest
    from identified
    inner join sent on sent.identity = identified.identity
    group by identified.row_no
),

said as (
    select row_no, outcome
    from outcomes
    where parse_filename(filename, true)::integer = $batch_no
)

select
    rows."DateTime"::bigint as happened_at,
    rows.* replace (
        -- A receiver of one's own may have been told a new price by name (run/correct.py).
        case
            when known.row_no is null then rows."Price"
            else rtrim(rtrim(known.newest.price::varchar, '0'), '.')
        end as "Price",
        case
            when known.row_no is null then rows."Currency"
            else known.newest.currency
        end as "Currency"
    )
from rows
left join said on said.row_no = rows.row_no
left join known on known.row_no = rows.row_no
where
    (said.outcome is null or said.outcome = 'visitor_not_found')
    and not coalesce(known.is_overtaken, false)
