-- The conversions that are to be uploaded, as the server would number them: row_no from 1, in the
-- order of the source. Reads conversions and leaving; returns the columns of
-- contract.tables.CONVERSION.
select
    row_number() over (order by row_no) as row_no,
    client_id,
    user_id,
    yclid,
    purchase_id,
    target,
    happened_at,
    price,
    currency
from conversions
where row_no in (select row_no from leaving)
