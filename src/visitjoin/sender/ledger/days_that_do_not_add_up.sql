-- For which batches do the rows by day, target, kind and fate not add up to the batch's?
--
-- Only a batch that has come to its end has them. One whose file was gone when its uploading came to its end has
-- none at all.
--
-- Returns batch_no, batch (its id), expected, found.

with found as (select batch_no, sum(rows) as rows from daily group by batch_no)

select
    batches.batch_no,
    batches.batch,
    case when batches.state in ('done', 'given_up') then batches.rows else 0 end as expected,
    found.rows::bigint as found
from batches
inner join found on found.batch_no = batches.batch_no
where found.rows != case when batches.state in ('done', 'given_up') then batches.rows else 0 end
order by batches.batch_no
