-- What became of each row of the source?
--
-- Reads   planned_fates  the answer of planned_fates.sql
--         said           for each batch of which the receiver says something, the answer of said.sql
--
-- Returns one row for each row of the source, in no order, with its fate: why it did not leave or,
-- where it was uploaded and the receiver says more, its outcome there.

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
