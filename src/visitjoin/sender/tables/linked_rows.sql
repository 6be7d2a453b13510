-- What became of each row of a table of conversions that was linked on this machine?
--
-- Reads   rejects      the columns of contract.tables.REJECT
--         conversions  the columns of contract.tables.CONVERSION
--         links        the columns of contract.tables.LINK
--
-- Returns one row for each row of the table, in its order: row_no, outcome, reason, visit_id,
-- linked_by, target, happened_at (Unix seconds, UTC), price, currency.

select
    row_no,
    case when reason = 'left_out' then 'left_out' else 'rejected' end as outcome,
    reason, null as visit_id, null as linked_by,
    null as target, null as happened_at, price, currency
from rejects

union all

select
    conversions.row_no, links.outcome, null as reason, links.visit_id, links.linked_by,
    conversions.target, conversions.happened_at, conversions.price, conversions.currency
from conversions
inner join links on links.row_no = conversions.row_no

order by row_no
