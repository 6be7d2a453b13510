-- Which rows of a batch name visitors that were not found?
--
-- Reads   outcomes  as in fates.sql; empty where the server says nothing by row
--
-- file: of the batch; batch_no: its number.
--
-- Returns row_no (of the file, from 1), happened_at, and the columns of the file as they stand
-- there. Where the server says nothing by row these are all rows: it takes those that it has linked
-- as the same conversions.

with

rows as (
    select row_number() over () as row_no, *
    from read_csv($file, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')
),

said as (
    select row_no, outcome
    from outcomes
    where parse_filename(filename, true)::integer = $batch_no
)

select rows."DateTime"::bigint as happened_at, rows.*
from rows
left join said on said.row_no = rows.row_no
where said.outcome is null or said.outcome = 'visitor_not_found'
