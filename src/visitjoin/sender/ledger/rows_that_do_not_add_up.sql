-- Which batches have other rows in the ledger than they were sent with?
--
-- A batch that was refused has none, and one that repeats another has the other's.
--
-- Returns batch_no, batch (its id), expected, found.

with found as (select batch_no, count(*) as rows from sent group by batch_no)

select
    batches.batch_no,
    batches.batch,
    case when batches.state = 'refused' then 0 else batches.rows end as expected,
    coalesce(found.rows, 0) as found
from batches
left join found on found.batch_no = batches.batch_no
where
    batches.repeats is null
    and coalesce(found.rows, 0) != case when batches.state = 'refused' then 0 else batches.rows end
order by batches.batch_no
