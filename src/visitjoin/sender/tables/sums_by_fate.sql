-- How many rows, and how much money in each currency, ended in each fate?
-- Reads fates. Returns fate, currency ('' for none), rows, money (null where no row has a price).
select fate as name, coalesce(currency, '') as currency, count(*) as rows, sum(price) as money
from fates
group by fate, coalesce(currency, '')
order by name, currency
