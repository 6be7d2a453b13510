-- How many rows of not_found.sql can still link, and how many cannot any more?
-- cut_off: Unix seconds, UTC.
-- Returns one row: within, beyond, and first_happened_at and last_happened_at of those within.
select
    count(*) filter (where happened_at >= $cut_off) as within,
    count(*) filter (where happened_at < $cut_off) as beyond,
    min(happened_at) filter (where happened_at >= $cut_off) as first_happened_at,
    max(happened_at) filter (where happened_at >= $cut_off) as last_happened_at
from not_found
