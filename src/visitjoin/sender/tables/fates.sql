-- What became of each row of the source?
--
-- Reads   rejects      the columns of contract.tables.REJECT
--         conversions  the columns of contract.tables.CONVERSION
--         held_back    row_no, fate: the answer of held_back.sql
--         leaving      the answer of leaving.sql
--         parts        batch_no, kind, first_row, last_row: which rows that leave are in which batch
--         outcomes     for each batch one part, named by its number: row_no (of the uploaded file,
--                      from 1), outcome, reason, visit_id, linked_by, traffic_source, remark: what
--                      the receiver says; empty where it says nothing by row
--
-- Returns one row for each row of the source, with its fate: why it did not leave or, where it was
-- uploaded and the receiver says more, its outcome there.

with

-- The rows of an uploaded file are its batch's in the order of the source.
uploaded as (
    select
        leaving.row_no,
        parts.batch_no,
        row_number() over (partition by parts.batch_no order by leaving.row_no) as row_of_batch
    from leaving
    inner join parts
        on
            leaving.row_no between parts.first_row and parts.last_row
            and (parts.kind is null or parts.kind = leaving.kind)
),

said as (
    select *, parse_filename(filename, true)::integer as batch_no
    from outcomes
)

select
    row_no,
    line,
    case when reason = 'left_out' then 'left_out' else 'rejected' end as fate,
    reason,
    "column",
    value,
    null as target,
    null as happened_at,
    price,
    currency,
    null as visit_id,
    null as linked_by,
    null as traffic_source,
    null as remark
from rejects

union all

select
    conversions.row_no,
    null as line,
    case
        when said.outcome = 'rejected' then 'rejected_at_upload'
        when said.outcome = 'duplicate' then 'duplicate_at_upload'
        else coalesce(said.outcome, held_back.fate, 'uploaded')
    end as fate,
    said.reason,
    null as "column",
    null as value,
    conversions.target,
    conversions.happened_at,
    conversions.price,
    conversions.currency,
    said.visit_id,
    said.linked_by,
    said.traffic_source,
    said.remark
from conversions
left join held_back on held_back.row_no = conversions.row_no
left join uploaded on uploaded.row_no = conversions.row_no
left join said on said.batch_no = uploaded.batch_no and said.row_no = uploaded.row_of_batch
order by row_no
