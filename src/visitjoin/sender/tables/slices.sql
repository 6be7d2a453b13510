-- How many conversions are in each slice of a part of the source, and how many of them are in a batch?
--
-- Reads   conversions  the columns of contract.tables.CONVERSION
--         leaving      the answer of leaving.sql
--
-- first_row, last_row: of the part; width: rows of the source to a slice; kind: of identifier, or
-- null for every kind.
--
-- Returns, in their order, the first row of each slice with a conversion in the batch; rows, how
-- many conversions it has; and leaving, how many of them are in the batch.

with

all_rows as (
    select (row_no - $first_row) // $width as slice, count(*) as rows
    from conversions
    where row_no between $first_row and $last_row
    group by slice
),

of_batch as (
    select (row_no - $first_row) // $width as slice, count(*) as leaving
    from leaving
    where row_no between $first_row and $last_row and ($kind is null or kind = $kind)
    group by slice
)

select $first_row + slice * $width as first_row, rows, leaving
from all_rows
inner join of_batch using (slice)
order by first_row
