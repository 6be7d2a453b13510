-- What would a receiver say of each row?
--
-- Reads   links   the columns of contract.tables.LINK
--         visits  the columns of contract.tables.VISIT
--
-- Returns the columns of a part of outcomes (run/outcomes.py).
select
    links.row_no,
    links.outcome,
    null::varchar as reason,
    links.visit_id,
    links.linked_by,
    any_value(visits.traffic_source) as traffic_source,
    null::varchar as remark
from links
left join visits on visits.visit_id = links.visit_id
group by links.row_no, links.outcome, links.visit_id, links.linked_by
