-- Between which rows of an uploading are those of a page that shows one outcome alone?
-- $uploading: id of the uploading; $outcome; $offset, $limit: rows of that outcome, in the order of
-- the file, that come before the page and that it has at most.
-- One row: after, the number of the row before the first; upto, that of the last. Null for no row.
with ended as (
    select row_no from links where uploading_id = $uploading and outcome = $outcome
    union all
    select row_no from rejects where uploading_id = $uploading and $outcome = 'rejected'
),

page as (
    select row_no from ended order by row_no limit $limit offset $offset
)

select min(row_no) - 1 as after, max(row_no) as upto
from page
