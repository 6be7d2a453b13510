-- Which rows of the source are in a batch?
--
-- Reads   leaving  the answer of leaving.sql
--
-- first_row, last_row: of the source; kind: of identifier, or null for every kind.
--
-- Returns row_no, in no order.

select row_no
from leaving
where row_no between $first_row and $last_row and ($kind is null or kind = $kind)
