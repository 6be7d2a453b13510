-- Which numbers, ids and uploadings belong to more than one batch?
--
-- Returns name (of what is there more than once), value, batches.

with named as (
    select 'number' as name, batch_no::varchar as value from batches
    union all
    select 'id' as name, batch as value from batches
    union all
    select 'uploading' as name, uploading::varchar as value
    from batches
    where uploading is not null
)

select name, value, count(*) as batches
from named
group by name, value
having count(*) > 1
order by name, value
