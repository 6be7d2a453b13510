-- Which rows of a batch name visitors that were not found?
--
-- Reads   outcomes  as in fates.sql; empty where the server says nothing by row
--         sent      of the ledger
--
-- file: of the batch; batch_no: its number.
--
-- Returns row_no (of the file, from 1), happened_at, and the columns of the file as they stand
-- there. Where the server says nothing by row these are all rows: it takes those that it has linked
-- as the same conversions. A row that a later batch sent too, with another price, is that batch's to
-- care for, and one that was withdrawn is nobody's: to send it from here would put its old price back.

with

rows as (
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
                coalesce("PurchaseId", ''), "Target", "DateTime"
            )
        ) as identity
    from (
        select
            null::varchar as "ClientId",
            null::varchar as "UserId",
            null::varchar as "Yclid",
            null::varchar as "PurchaseId"
        where false
        union all by name
        from rows
    )
),

overtaken as (
    select identified.row_no
    from identified
    inner join sent on sent.identity = identified.identity
    where sent.batch_no > $batch_no or sent.retracted
),

said as (
    select row_no, outcome
    from outcomes
    where parse_filename(filename, true)::integer = $batch_no
)

select rows."DateTime"::bigint as happened_at, rows.*
from rows
left join said on said.row_no = rows.row_no
where
    (said.outcome is null or said.outcome = 'visitor_not_found')
    and rows.row_no not in (select row_no from overtaken)
