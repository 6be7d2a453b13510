-- What became of each row of a part of the source?
--
-- Reads   every_fate  the answer of fates.sql
--
-- first_row, last_row: of the part.
--
-- Returns the columns of fates.sql, in the order of row_no.

select *
from every_fate
where row_no between $first_row and $last_row
order by row_no
