-- What became of each row of the source?
--
-- Reads   planned_fates  the answer of planned_fates.sql
--         leaving        the answer of leaving.sql
--         parts          batch_no, kind, first_row, last_row: which rows that leave are in which batch
--         outcomes       for each batch one part, named by its number: row_no (of the uploaded file,
--                        from 1), outcome, reason, visit_id, linked_by, traffic_source, remark: what
--                        the receiver says
--
-- Returns one row for each row of the source, in no order, with its fate: why it did not leave or,
-- where it was uploaded and the receiver says more, its outcome there.

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
    select
        uploaded.row_no,
        case outcomes.outcome
            when 'rejected' then 'rejected_at_upload'
            when 'duplicate' then 'duplicate_at_upload'
            else outcomes.outcome
        end as fate,
        outcomes.reason,
        outcomes.visit_id,
        outcomes.linked_by,
        outcomes.traffic_source,
        outcomes.remark
    from outcomes
    inner join uploaded
        on
            uploaded.batch_no = parse_filename(outcomes.filename, true)::integer
            and uploaded.row_of_batch = outcomes.row_no
)

select
    planned_fates.row_no,
    planned_fates.line,
    coalesce(said.fate, planned_fates.fate) as fate,
    coalesce(said.reason, planned_fates.reason) as reason,
    planned_fates."column",
    planned_fates.value,
    planned_fates.target,
    planned_fates.happened_at,
    planned_fates.price,
    planned_fates.currency,
    said.visit_id,
    said.linked_by,
    said.traffic_source,
    said.remark
from planned_fates
left join said on said.row_no = planned_fates.row_no
