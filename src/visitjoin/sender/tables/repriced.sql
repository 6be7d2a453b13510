-- How did the money of conversions change that were sent before and leave again?
--
-- Reads   leaving      the answer of leaving.sql
--         sent_before  the answer of sent_before.sql
--
-- Returns for each currency ('' for none): currency, rows, and the money before and now.

with money as (
    select row_no, coalesce(currency, '') as currency, -coalesce(price, 0) as before, 0 as now
    from sent_before
    where row_no in (select row_no from leaving)
    union all
    select row_no, coalesce(currency, '') as currency, 0 as before, coalesce(price, 0) as now
    from leaving
    where row_no in (select row_no from sent_before)
)

select currency, count(distinct row_no) as rows, -sum(before) as before, sum(now) as now
from money
group by currency
order by currency
