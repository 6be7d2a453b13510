-- Which uploadings have no last status yet? Their rows are in no day so far.
-- Reads batches, runs. Returns first_happened_at and last_happened_at of the batch's conversions,
-- started_at of its run (all Unix seconds, UTC), and rows: 0 for a repeat, whose rows are counted.
select
    batches.first_happened_at,
    batches.last_happened_at,
    runs.started_at,
    case when batches.repeats is null then batches.rows else 0 end as rows
from batches
inner join runs on runs.run = batches.run
where batches.state in ('ready', 'sending', 'accepted')
