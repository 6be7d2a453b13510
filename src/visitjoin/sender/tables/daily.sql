-- What became of the rows of a batch, by day, target and kind of identifier?
--
-- Reads outcomes, as in said.sql; empty where the server says nothing by row.
--
-- file: of the batch, a CSV with the columns of the API; batch_no: its number.
--
-- Returns day (UTC, of the conversion), target, kind (the most specific identifier), fate, rows.

with

-- A batch has only the columns that its source had.
uploaded as (
    select
        null::bigint as row_no,
        null::varchar as "ClientId",
        null::varchar as "UserId",
        null::varchar as "Yclid",
        null::varchar as "PurchaseId",
        null::varchar as "Target",
        null::varchar as "DateTime"
    where false
    union all by name
    select row_number() over () as row_no, *
    from read_csv($file, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')
),

said as (
    select row_no, outcome
    from outcomes
    where parse_filename(filename, true)::integer = $batch_no
)

select
    make_timestamp(uploaded."DateTime"::bigint * 1000000)::date as day,
    coalesce(uploaded."Target", '(calls)') as target, -- calls have none
    case
        when uploaded."PurchaseId" is not null then 'PURCHASE_ID'
        when uploaded."Yclid" is not null then 'YCLID'
        when uploaded."ClientId" is not null then 'CLIENT_ID'
        else 'USER_ID'
    end as kind,
    case
        when said.outcome = 'rejected' then 'rejected_at_upload'
        when said.outcome = 'duplicate' then 'duplicate_at_upload'
        else coalesce(said.outcome, 'uploaded')
    end as fate,
    count(*) as rows
from uploaded
left join said on said.row_no = uploaded.row_no
group by all
