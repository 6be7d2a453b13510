-- What does the server say of each row of a batch?
--
-- Reads   leaving   the answer of leaving.sql
--         outcomes  for each batch one part, named by its number: row_no (of the uploaded file, from
--                   1), outcome, reason, visit_id, linked_by, traffic_source, remark: what the
--                   receiver says
--
-- batch_no: of the batch; first_row, last_row: of the source; kind: of identifier, or null for every
-- kind.
--
-- Returns, in no order: row_no (of the source), fate, reason, visit_id, linked_by, traffic_source,
-- remark.

with

-- The rows of an uploaded file are its batch's in the order of the source.
uploaded as (
    select row_no, row_number() over (order by row_no) as row_of_batch
    from leaving
    where row_no between $first_row and $last_row and ($kind is null or kind = $kind)
)

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
inner join uploaded on uploaded.row_of_batch = outcomes.row_no
where parse_filename(outcomes.filename, true)::integer = $batch_no
