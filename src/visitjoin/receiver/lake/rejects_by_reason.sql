-- Why were rows of an uploading rejected?
-- $uploading: id of the uploading.
-- A row a reason and column, the most frequent first: reason, column (null where no one column is
-- to blame), rows.
select reason, "column", count(*) as rows
from rejects
where uploading_id = $uploading
group by reason, "column"
order by rows desc, reason, "column"
