-- How many rows of each day's uploadings were linked, where the server says it in numbers only?
--
-- Reads   batches, runs
--         $since   the first day
--
-- Returns day (of the run that sent them, UTC), and rows, answered, linked and later as health.sql
-- does. A repeat belongs to the batch that it repeats: it sends again whatever of that batch is
-- still in reach, linked or not, so the largest number of all is how many were linked, at least.

with recursive families as (
    select batch_no as first_no, batch_no
    from batches
    where repeats is null

    union all

    select families.first_no, batches.batch_no
    from batches
    inner join families on families.batch_no = batches.repeats
),

linked as (
    select families.first_no, max(batches.linked_quantity) as quantity
    from families
    inner join batches on batches.batch_no = families.batch_no
    group by families.first_no
),

counted as (
    select
        (to_timestamp(runs.started_at) at time zone 'UTC')::date as day,
        batches.rows,
        case when batches.linked_quantity is null then 0 else batches.rows end as answered,
        least(batches.rows, coalesce(batches.linked_quantity, 0)) as linked_at_first,
        case
            when batches.linked_quantity is null then 0
            else least(batches.rows, linked.quantity)
        end as linked
    from batches
    inner join runs on runs.run = batches.run
    inner join linked on linked.first_no = batches.batch_no
    where batches.uploading is not null and batches.state not in ('accepted', 'refused')
)

select
    day,
    sum(rows)::bigint as rows,
    sum(answered)::bigint as answered,
    sum(linked)::bigint as linked,
    sum(linked - linked_at_first)::bigint as later
from counted
where day >= $since
group by day
order by day
