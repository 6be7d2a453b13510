-- The rows of a batch, in the API's form and the order of the source.
--
-- Reads   conversions  the columns of contract.tables.CONVERSION
--         leaving      the answer of leaving.sql
--
-- first_row, last_row: of the source; kind: of identifier, or null for every kind. What stands for
-- the columns is put in by sender/run/write.py: those that the source has.

select /* columns */
from conversions
where
    row_no between $first_row and $last_row
    and row_no in (
        select row_no
        from leaving
        where row_no between $first_row and $last_row and ($kind is null or kind = $kind)
    )
order by row_no
