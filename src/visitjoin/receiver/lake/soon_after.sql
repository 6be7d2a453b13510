-- How many rows of an uploading happened less than a day's zones before their visitor's first visit?
-- $uploading: id of the uploading; $seconds: so long before it at most.
-- One row: rows, of those whose outcome is `before_first_visit`.
with

early as (
    select l.row_no, c.client_id, c.happened_at
    from links as l
    join conversions as c on c.uploading_id = l.uploading_id and c.row_no = l.row_no
    where l.uploading_id = $uploading and c.uploading_id = $uploading
        and l.outcome = 'before_first_visit' and c.client_id is not null
),

firsts as (
    select client_id, min(started_at) as started_at
    from visits
    where client_id in (select client_id from early)
    group by client_id
)

select count(*) as rows
from early
join firsts on firsts.client_id = early.client_id
where firsts.started_at - early.happened_at <= $seconds
