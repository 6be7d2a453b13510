-- How did the money of conversions change that were sent before and leave again?
--
-- Reads   leaving      the answer of leaving.sql
--         sent_before  the answer of sent_before.sql
--         fates        the answer of fates.sql: what was refused has not left
--
-- Returns for each currency ('' for none): currency, rows, and the money before and now.

with

refused as (select row_no from fates where fate = 'refused'),

money as (
    select row_no, coalesce(currency, '') as currency, -coalesce(price, 0) as before, 0 as now
    from sent_before
    where row_no in (select row_no from leaving) and row_no not in (from refused)
    union all
    select row_no, coalesce(currency, '') as currency, 0 as before, coalesce(price, 0) as now
    from leaving
    where row_no in (select row_no from sent_before) and row_no not in (from refused)
)

select currency, count(distinct row_no) as rows, -sum(before) as before, sum(now) as now
from money
group by currency
order by currency
