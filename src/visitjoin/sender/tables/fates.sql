-- What became of each row of the source?
--
-- Reads   rejects      the columns of contract.tables.REJECT
--         conversions  the columns of contract.tables.CONVERSION
--         planned      row_no, fate: the answer of plan.sql
--         outcomes     row_no (of the uploaded file, from 1), outcome, visit_id, linked_by,
--                      traffic_source, remark: what the receiver says; empty where it says nothing
--
-- Returns one row for each row of the source, with its fate: that of the plan or, where it was
-- uploaded and the receiver says more, its outcome there.

with

-- The rows of the uploaded file are the planned ones in the order of the source.
uploaded as (
    select row_no, row_number() over (order by row_no) as row_of_batch
    from planned
    where fate = 'uploaded'
)

select
    row_no,
    line,
    'rejected' as fate,
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
        when outcomes.outcome = 'rejected' then 'rejected_at_upload'
        when outcomes.outcome = 'duplicate' then 'duplicate_at_upload'
        else coalesce(outcomes.outcome, planned.fate)
    end as fate,
    outcomes.reason,
    null as "column",
    null as value,
    conversions.target,
    conversions.happened_at,
    conversions.price,
    conversions.currency,
    outcomes.visit_id,
    outcomes.linked_by,
    outcomes.traffic_source,
    outcomes.remark
from conversions
inner join planned on planned.row_no = conversions.row_no
left join uploaded on uploaded.row_no = conversions.row_no
left join outcomes on outcomes.row_no = uploaded.row_of_batch
order by row_no
