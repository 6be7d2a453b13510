-- How many rows, and how much money in each currency, ended in each fate for each Target?
-- Reads fates. Returns target ('' for a row rejected before it had one), fate, currency ('' for
-- none), rows, money (null where no row has a price).
select
    coalesce(target, '') as target,
    fate,
    coalesce(currency, '') as currency,
    count(*) as rows,
    sum(price) as money
from fates
group by coalesce(target, ''), fate, coalesce(currency, '')
order by target, fate, currency
