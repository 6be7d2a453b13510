-- What became of the rows of a batch, by day, target and kind of identifier?
--
-- Reads   uploaded  the file of the batch: row_no from 1, and the columns of the API as text
--         outcomes  as in fates.sql; empty where the server says nothing by row
--
-- batch_no: of the batch.
--
-- Returns day (UTC, of the conversion), target, kind (the most specific identifier), fate, rows.

with

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
