-- How many conversions are to be uploaded from a part of the source?
--
-- Reads   leaving  the answer of leaving.sql
--
-- first_row, last_row: of the part; kind: of identifier, or null for every kind.
--
-- Returns one row: rows, first_happened_at, last_happened_at (null where there are no rows).

select count(*) as rows, min(happened_at), max(happened_at)
from leaving
where row_no between $first_row and $last_row and ($kind is null or kind = $kind)
