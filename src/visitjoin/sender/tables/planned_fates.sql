-- What became of each row of the source on this side?
--
-- Reads   rejects      the columns of contract.tables.REJECT
--         conversions  the columns of contract.tables.CONVERSION
--         held_back    row_no, fate: the answer of held_back.sql
--
-- Returns one row for each row of the source, in no order: why it did not leave, or `uploaded`.

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
    currency
from rejects

union all

select
    conversions.row_no,
    null as line,
    coalesce(held_back.fate, 'uploaded') as fate,
    null as reason,
    null as "column",
    null as value,
    conversions.target,
    conversions.happened_at,
    conversions.price,
    conversions.currency
from conversions
left join held_back on held_back.row_no = conversions.row_no
