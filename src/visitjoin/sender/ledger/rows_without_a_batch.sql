-- Which numbers of batches are in the rows or the days of the ledger, and are no batch's?
--
-- Returns batch_no and rows (of `sent`, or lines of `daily`).

select batch_no, count(*) as rows
from (select batch_no from sent union all select batch_no from daily)
where batch_no not in (select batch_no from batches)
group by batch_no
order by batch_no
