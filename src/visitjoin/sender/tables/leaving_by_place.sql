-- How many conversions are to be uploaded, from which part of the source?
--
-- Reads   leaving  the answer of leaving.sql
--
-- width: rows of the source to a part. by_kind: whether the kinds of identifier are told apart.
--
-- Returns, in the order of kind and part: kind (null where they are not told apart), first_row and
-- last_row of the part, rows, first_happened_at and last_happened_at.

select
    case when $by_kind then kind end as kind,
    min(row_no) as first_row,
    max(row_no) as last_row,
    count(*) as rows,
    min(happened_at) as first_happened_at,
    max(happened_at) as last_happened_at
from leaving
group by case when $by_kind then kind end, row_no // $width
order by kind, first_row
