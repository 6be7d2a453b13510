-- How many conversions, and how much money in each currency, are to be corrected in which way?
--
-- Reads corrections, the answer of corrections.sql.
--
-- Returns state, currency as sent ('' for none), rows, money before, and money now: nothing where
-- it is withdrawn, the same where it stays.

select
    state,
    coalesce(currency_before, '') as currency,
    count(*) as rows,
    sum(coalesce(before, 0)) as before,
    sum(
        case
            when state in ('repriced', 'set_to_zero') then coalesce(now, 0)
            when state = 'retracted' then 0
            else coalesce(before, 0)
        end
    ) as now
from corrections
group by state, coalesce(currency_before, '')
order by state, currency
