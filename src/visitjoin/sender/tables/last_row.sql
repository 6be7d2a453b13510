-- Which row of the source is the last one?
-- Reads rejects and conversions. Returns its row_no; 0 where there is none.
select coalesce(max(row_no), 0) as last_row
from (select row_no from rejects union all select row_no from conversions)
