-- What became of each row of the source, where the server says nothing of it by row?
-- Reads planned_fates. Returns the columns of fates.sql.
select
    *,
    null::varchar as visit_id,
    null::varchar as linked_by,
    null::varchar as traffic_source,
    null::varchar as remark
from planned_fates
