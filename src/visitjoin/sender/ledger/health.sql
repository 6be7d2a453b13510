-- How many conversions of each day, target and kind of identifier were sent, and how many linked?
--
-- Reads   daily, batches
--         $since   the first day
--
-- Returns day (of the conversion, UTC), target, kind, and of the rows of uploadings that have their
-- last status:
--   rows      all of them; a repeat sends rows that are counted already, so it adds none
--   answered  those of which the server said by row what became of them
--   linked    those of them that were linked, by their first sending or a repeat
--   later     those of them that only a repeat linked

with summed as (
    select
        daily.day,
        daily.target,
        daily.kind,
        coalesce(sum(daily.rows) filter (where batches.repeats is null), 0) as rows,
        coalesce(
            sum(daily.rows) filter (where batches.repeats is null and daily.fate <> 'uploaded'), 0
        ) as answered,
        coalesce(
            sum(daily.rows) filter (where batches.repeats is null and daily.fate = 'linked'), 0
        ) as linked_at_first,
        coalesce(
            sum(daily.rows) filter (where batches.repeats is not null and daily.fate = 'linked'), 0
        ) as linked_later
    from daily
    inner join batches on batches.batch_no = daily.batch_no
    where daily.day >= $since
    group by daily.day, daily.target, daily.kind
)

-- A row is linked once: `least` keeps a share a share where a server says it of a row twice.
select
    day,
    target,
    kind,
    rows::bigint as rows,
    answered::bigint as answered,
    least(answered, linked_at_first + linked_later)::bigint as linked,
    (least(answered, linked_at_first + linked_later) - linked_at_first)::bigint as later
from summed
order by day, target, kind
