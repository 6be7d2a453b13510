-- How many conversions are in a part of the source?
--
-- Reads   conversions  the columns of contract.tables.CONVERSION
--
-- first_row, last_row: of the part.
--
-- Returns one number.

select count(*) as rows
from conversions
where row_no between $first_row and $last_row
